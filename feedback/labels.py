"""The Dutch words of results and feedback: their only home."""

from core.administration.labels import name_kinds
from feedback.models import Outcome, PublicationStatus

STATUS: dict[PublicationStatus, str] = {
    PublicationStatus.WEIGHING: "de weging loopt",
    PublicationStatus.NEEDS_DECISION: "de weging vraagt een besluit",
    PublicationStatus.PROPOSED: "de weging wacht op akkoord",
    PublicationStatus.WEIGHTED: "resultaten staan klaar",
    PublicationStatus.RESULTS_PUBLISHED: "resultaten openbaar",
    PublicationStatus.FEEDBACK_PUBLISHED: "terugkoppeling openbaar",
}

STATUS_COLOUR: dict[PublicationStatus, str] = {
    PublicationStatus.WEIGHING: "blue",
    PublicationStatus.NEEDS_DECISION: "red",
    PublicationStatus.PROPOSED: "yellow",
    PublicationStatus.WEIGHTED: "blue",
    PublicationStatus.RESULTS_PUBLISHED: "yellow",
    PublicationStatus.FEEDBACK_PUBLISHED: "green",
}

OUTCOME: dict[Outcome, str] = {
    Outcome.ADOPTED: "Overgenomen",
    Outcome.PARTLY: "Deels overgenomen",
    Outcome.NOT_ADOPTED: "Niet overgenomen",
    Outcome.UNDECIDED: "Nog geen besluit",
}

OUTCOME_COLOUR: dict[Outcome, str] = {
    Outcome.ADOPTED: "green",
    Outcome.PARTLY: "yellow",
    Outcome.NOT_ADOPTED: "red",
    Outcome.UNDECIDED: "grey",
}

REFUSAL: dict[str, str] = {
    "category_without_respondents": "Niemand uit deze groep antwoordde",
    "category_not_in_population": "Deze groep komt niet voor in de bevolkingscijfers",
    "missing_value": "Van een deel van de inzendingen is deze groep niet bekend",
    "nonpositive_base_weight": "Een begingewicht is niet groter dan nul",
    "margins_disagree": "De bevolkingscijfers spreken elkaar tegen",
    "unit_mismatch": "Dit cijfer telt iets anders dan personen",
    "age_mismatch": "Dit cijfer gaat over andere leeftijden",
    "margins_contradict": "De bevolkingscijfers spreken elkaar tegen",
    "bounds_too_tight": "De grenzen van de gewichten kunnen niet worden gehaald",
    "bounds_cannot_meet_all": "De grenzen van de gewichten kunnen niet worden gehaald",
    "bounds_not_met": "De grenzen van de gewichten kunnen niet worden gehaald",
    "not_converged": "De weging komt niet uit op de bevolkingscijfers",
    "no_rows": "Er zijn geen inzendingen",
    "unknown_margin": "Voor dit kenmerk zijn er geen bevolkingscijfers",
}

VARIABLE: dict[str, str] = {
    "sex": "geslacht",
    "age": "leeftijd",
    "district": "wijk",
    "education": "opleiding",
    "sex_age": "geslacht en leeftijd",
    "tenure": "koop of huur",
    "early_late": "moment van antwoorden",
}


def variable_label(variable: str) -> str:
    """The Dutch word for a class variable."""
    return VARIABLE.get(variable, variable)


name_kinds(
    {
        "feedback.weigh_wave": "Antwoorden wegen",
        "feedback.results_published": "Bericht dat de uitkomsten er zijn",
        "feedback.feedback_published": "Bericht wat er met de antwoorden is gedaan",
        "feedback.later_answer": "Bericht over een later antwoord",
        "feedback.reminder": "Herinnering aan de terugkoppeling",
        "feedback.weighting_ready": "Bericht dat de weging klaarstaat",
        "feedback.needs_decision": "Bericht dat de weging een besluit vraagt",
    }
)
