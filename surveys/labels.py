"""The Dutch words of states, roles, phases and kinds, with the colour of their tag."""

from datetime import date

from babel.dates import format_date

from core.administration.labels import name_kinds
from surveys.lifecycle import CommissionStatus, WaveStatus
from surveys.models.commission import BobPhase, Effect, MunicipalityRole
from surveys.models.wave import SignOffKind
from surveys.questionnaire import QuestionKind

COMMISSION_STATUS: dict[CommissionStatus, tuple[str, str]] = {
    CommissionStatus.DRAFT: ("in de maak", "grey"),
    CommissionStatus.SUBMITTED: ("ingediend", "blue"),
    CommissionStatus.FORM_ADVISED: ("advies over de vorm gegeven", "blue"),
    CommissionStatus.ACCEPTED: ("afgesproken", "green"),
    CommissionStatus.RETURNED: ("terug naar de indiener", "yellow"),
    CommissionStatus.DECLINED: ("afgewezen", "red"),
}
WAVE_STATUS: dict[WaveStatus, tuple[str, str]] = {
    WaveStatus.DESIGN: ("in de maak", "grey"),
    WaveStatus.READY: ("klaar om te versturen", "blue"),
    WaveStatus.FIELDING: ("open", "green"),
    WaveStatus.PAPER: ("wacht op papieren formulieren", "yellow"),
    WaveStatus.CLOSED: ("gesloten", "blue"),
    WaveStatus.CANCELLED: ("gaat niet door", "red"),
    WaveStatus.VOIDED: ("ongeldig", "red"),
}
MUNICIPALITY_ROLE: dict[MunicipalityRole, str] = {
    MunicipalityRole.SPECTATOR: "toeschouwer: anderen doen het",
    MunicipalityRole.PARTICIPANT: "deelnemer: wij doen mee met anderen",
    MunicipalityRole.DIRECTOR: "regisseur: wij brengen partijen bij elkaar",
    MunicipalityRole.DECIDER: "beslisser: wij beslissen zelf",
}
BOB_PHASE: dict[BobPhase, str] = {
    BobPhase.EXPLORING: "beeldvorming",
    BobPhase.JUDGING: "oordeelsvorming",
    BobPhase.DECIDING: "besluitvorming",
}
EFFECT: dict[Effect, str] = {Effect.GAIN: "winst", Effect.LOSS: "verlies", Effect.BOTH: "allebei"}
QUESTION_KIND: dict[QuestionKind, str] = {
    QuestionKind.SINGLE: "één antwoord kiezen",
    QuestionKind.SEVERAL: "meer antwoorden kiezen",
    QuestionKind.MATRIX: "stellingen met dezelfde antwoorden",
    QuestionKind.SCORE: "cijfer van 0 tot 10",
    QuestionKind.NUMBER: "getal",
    QuestionKind.OPEN: "open vraag",
    QuestionKind.RANKING: "op volgorde zetten",
    QuestionKind.BUDGET: "100 punten verdelen",
}
SIGN_OFF_KIND: dict[SignOffKind, str] = {
    SignOffKind.STAFF: "door een collega",
    SignOffKind.OUTSIDE: "door iemand van buiten",
    SignOffKind.LATE: "achteraf",
}
FUNCTION: dict[str, str] = {"clerk": "de griffie", "administrator": "de beheerder"}
PROFILE_VARIABLE: dict[str, str] = {
    "sex": "geslacht",
    "age": "leeftijd",
    "district": "wijk",
    "education": "opleiding",
    "tenure": "koop of huur",
}
AMENDABLE: dict[str, str] = {
    "level": "niveau en gebruik van de uitkomst",
    "decision_title": "besluit",
    "decision_url": "link naar het besluit",
    "decision_on": "datum van het besluit",
    "papers_on": "datum van de stukken",
    "results_promised_on": "datum van de resultaten",
    "feedback_promised_on": "datum van de terugkoppeling",
    "contact_name": "contactpersoon",
    "contact_phone": "telefoonnummer",
}


def day(value: date) -> str:
    """3 december 2026."""
    return format_date(value, format="d MMMM y", locale="nl")


name_kinds(
    {
        "surveys.invitation": "Uitnodiging voor een vragenlijst",
        "surveys.reminder": "Herinnering aan een vragenlijst",
        "surveys.sign_off_link": "Link om een vragenlijst te ondertekenen",
        "surveys.send_invitations": "Uitnodigingen klaarzetten",
        "surveys.preview_draw": "Laten zien wie er gevraagd worden",
        "surveys.verify_draw": "Loting van een vragenlijst nakijken",
        "surveys.send_reminders": "Herinneringen klaarzetten",
        "surveys.close_wave": "Vragenlijst sluiten en sleutel vernietigen",
        "surveys.destroy_key": "Sleutel van een vervallen vragenlijst vernietigen",
        "surveys.render_letters": "Brieven met een uitnodiging maken",
        "surveys.recover_key": "Sleutel van een vragenlijst terugzetten",
    }
)
