"""Dutch words for the upkeep of members: rules, contacts, helpers, reasons."""

from dataclasses import dataclass

from core.administration.labels import name_kinds
from panel.models import HelperRole, LeaveReason, NoteKind, UpkeepRule
from panel.queries.actions import Action


@dataclass(frozen=True)
class ActionWords:
    """What there is to do for a member, and how."""

    title: str
    hint: str


ACTION = {
    Action.FAILED_MAIL: ActionWords("E-mail werkt niet meer", "Bel of schrijf voor een nieuw e-mailadres."),
    Action.CALL: ActionWords("Bellen over een vragenlijst", "Dit lid doet mee per telefoon."),
    Action.LETTER_BACK: ActionWords("Brief kwam terug", "Bel, of kijk of het lid is verhuisd."),
    Action.PROFILE: ActionWords("Profiel nakijken", "Per post of telefoon: dit lid heeft geen e-mail."),
}


@dataclass(frozen=True)
class RuleWords:
    """How a rule is told to the griffie."""

    title: str
    what: str
    kind: str


MAIL, STATUS, ERASE = "stuurt een e-mail", "verandert de status", "wist gegevens"
RULE = {
    UpkeepRule.PAUSE_ENDING: RuleWords(
        "Mail voor het einde van een pauze", "Wie pauze heeft, hoort een paar dagen ervoor dat de pauze eindigt.", MAIL
    ),
    UpkeepRule.PAUSE_OVER: RuleWords(
        "Einde van een pauze", "Op de dag na de pauze is het lid weer actief. Dat is het lid beloofd.", STATUS
    ),
    UpkeepRule.PROFILE_CHECK: RuleWords(
        "Profiel nakijken", "Eén keer per jaar vragen wij of het profiel nog klopt.", MAIL
    ),
    UpkeepRule.PROFILE_REMINDER: RuleWords(
        "Herinnering aan het profiel", "Wie niet nakeek, krijgt één herinnering. Daarna een jaar niets.", MAIL
    ),
    UpkeepRule.BOUNCED: RuleWords(
        "Van e-mail naar post",
        "Een adres dat mails blijft weigeren, gebruiken wij niet meer. Het lid krijgt post; bel voor een nieuw adres.",
        STATUS,
    ),
    UpkeepRule.WAKE_UP: RuleWords(
        "Wekmail", "Wie een paar vragenlijsten achter elkaar niet invulde, krijgt één mail: wilt u nog meedoen?", MAIL
    ),
    UpkeepRule.DORMANT: RuleWords(
        "Slapend maken", "Wie na de wekmail niets laat horen, krijgt geen uitnodigingen meer.", STATUS
    ),
    UpkeepRule.LAST_CALL: RuleWords(
        "Laatste bericht aan wie slaapt", "Wie lang slaapt, hoort dat wij de gegevens gaan wissen.", MAIL
    ),
    UpkeepRule.DORMANT_OVER: RuleWords(
        "Wissen van wie slaapt", "Wie na het laatste bericht niets laat horen, is geen lid meer.", ERASE
    ),
}
NOTE_KIND = {
    NoteKind.CALLED_US: "Het lid belde ons",
    NoteKind.WE_CALLED: "Wij belden het lid",
    NoteKind.LETTER_IN: "Brief van het lid",
    NoteKind.LETTER_OUT: "Brief aan het lid",
    NoteKind.PAPER_FORM: "Papieren vragenlijst verstuurd",
    NoteKind.VISIT: "Het lid kwam langs",
    NoteKind.LETTER_BACK: "Een brief kwam terug",
    NoteKind.BOUNCE: "Een e-mail kwam niet aan",
    NoteKind.CHANNEL: "Andere weg: e-mail, post of telefoon",
    NoteKind.PROFILE: "Profiel nagekeken met het lid",
}
# what the griffie writes down; the rest is written by the product
WRITTEN_BY_HAND = (
    NoteKind.CALLED_US,
    NoteKind.WE_CALLED,
    NoteKind.PAPER_FORM,
    NoteKind.LETTER_OUT,
    NoteKind.LETTER_IN,
    NoteKind.LETTER_BACK,
    NoteKind.VISIT,
)
HELPER_ROLE = {
    HelperRole.READS_ALONG: "leest mee",
    HelperRole.FILLS_IN: "helpt bij het invullen",
    HelperRole.AUTHORISED: "is gemachtigd en doet het woord",
}
LEAVE_REASON = {
    LeaveReason.OWN_WISH: "op eigen verzoek",
    LeaveReason.MOVED_AWAY: "verhuisd uit de gemeente",
    LeaveReason.DIED: "overleden",
    LeaveReason.DORMANT: "lang niets laten horen",
    LeaveReason.NEVER_FINISHED: "aanmelding niet afgemaakt",
}

name_kinds(
    {
        "panel.run_upkeep": "Leden onderhouden",
        "panel.profile_check": "Klopt uw profiel nog?",
        "panel.profile_reminder": "Herinnering aan het profiel",
        "panel.pause_ending": "Einde van uw pauze",
        "panel.wake_up": "Wilt u nog meedoen?",
        "panel.last_call": "Laatste bericht voor het wissen",
    }
)
