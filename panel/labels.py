"""Dutch words for the panel's codes: the only home of that wording."""

from collections.abc import Sequence

from core.administration.labels import name_kinds
from panel.models import (
    ConsentPurpose,
    Education,
    FigureStatus,
    MemberOrigin,
    MemberStatus,
    RoundStatus,
    Sex,
    Tenure,
)

MEMBER_STATUS = {
    MemberStatus.APPLIED: "aangemeld",
    MemberStatus.CONFIRMED: "e-mail bevestigd",
    MemberStatus.WAITING: "op de wachtlijst",
    MemberStatus.ACTIVE: "actief",
    MemberStatus.PAUSED: "pauze",
    MemberStatus.DORMANT: "slapend",
    MemberStatus.LEFT: "gestopt",
}
MEMBER_COLOUR = {
    MemberStatus.APPLIED: "grey",
    MemberStatus.CONFIRMED: "blue",
    MemberStatus.WAITING: "yellow",
    MemberStatus.ACTIVE: "green",
    MemberStatus.PAUSED: "yellow",
    MemberStatus.DORMANT: "grey",
    MemberStatus.LEFT: "grey",
}
ORIGIN = {MemberOrigin.DRAWN: "geloot", MemberOrigin.SELF_REGISTERED: "zelf aangemeld"}
ROUND_STATUS = {
    RoundStatus.DRAFT: "in voorbereiding",
    RoundStatus.LETTERS: "brieven verstuurd",
    RoundStatus.CLOSED: "gesloten",
}
ROUND_COLOUR = {RoundStatus.DRAFT: "grey", RoundStatus.LETTERS: "blue", RoundStatus.CLOSED: "green"}
SEX = {Sex.MALE: "man", Sex.FEMALE: "vrouw", Sex.OTHER: "anders", Sex.UNDISCLOSED: "zeg ik liever niet"}
EDUCATION = {
    Education.LOW: "basisschool, vmbo, mavo, mbo 1 of eerste drie jaar havo of vwo",
    Education.MIDDLE: "havo, vwo of mbo 2, 3 of 4",
    Education.HIGH: "hbo of universiteit",
    Education.UNDISCLOSED: "zeg ik liever niet",
}
TENURE = {
    Tenure.OWNER: "een koopwoning",
    Tenure.RENTER: "een huurwoning",
    Tenure.UNDISCLOSED: "zeg ik liever niet",
}
FIGURE_STATUS = {FigureStatus.SOURCE: "bron", FigureStatus.DERIVED: "afgeleid"}
UNIT = {"person": "personen", "household": "huishoudens", "dwelling": "woningen"}
VARIABLE = {
    "sex": "geslacht",
    "age": "leeftijd",
    "sex_age": "geslacht en leeftijd",
    "district": "wijk",
    "locality": "kern",
    "education": "opleiding",
    "tenure": "koop of huur",
    "population": "inwoners",
    "age_coarse": "leeftijd (grove klassen)",
    "sex_age5": "geslacht en leeftijd (vijf jaar)",
    "marital_status": "burgerlijke staat",
    "households": "huishoudens",
    "household_type": "soort huishouden",
    "household_composition": "samenstelling huishouden",
    "household_size_class": "grootte huishouden",
    "dwellings": "woningen",
}
CATEGORY = {
    "total": "totaal",
    "male": "man",
    "female": "vrouw",
    "other": "anders",
    "undisclosed": "zegt het liever niet",
    "low": "laag",
    "middle": "midden",
    "high": "hoog",
    "unmarried": "ongehuwd",
    "married": "gehuwd",
    "divorced": "gescheiden",
    "widowed": "verweduwd",
    "one_person": "een persoon",
    "with_children": "met kinderen",
    "without_children": "zonder kinderen",
    "married_couple": "gehuwd paar",
    "unmarried_couple": "ongehuwd paar",
    "single_parent": "eenouder",
    "size_2": "twee personen",
    "size_3": "drie personen",
    "size_4": "vier personen",
    "size_5_or_more": "vijf of meer personen",
    "owner": "koop",
    "renter": "huur",
    "outside_75_plus": "75 jaar en ouder",
}
CONSENT = {
    ConsentPurpose.PARTICIPATE: (
        "Ik word lid van het panel. De gemeente mag mijn gegevens gebruiken om mij uit te nodigen "
        "en om te kijken of het panel een goede afspiegeling is."
    ),
    ConsentPurpose.LINK_WAVES: (
        "Mijn antwoorden op verschillende vragenlijsten mogen met elkaar vergeleken worden, zonder mijn naam."
    ),
    ConsentPurpose.TALK_FURTHER: "De gemeente mag mij vragen om over een onderwerp door te praten.",
}
# the notes in the files of figures are English
DERIVED_FROM = {
    "sum of four-digit postcodes, each rounded to 5": "Som van de postcodegebieden (vier cijfers), elk afgerond op 5",
}
PROFILE_FAULT = {
    "required": "Vul dit in.",
    "too-young": "U kunt lid worden in het jaar dat u 16 wordt of later.",
    "impossible": "Controleer dit jaar. Het kan niet kloppen.",
    "no-such-district": "Kies een wijk uit de lijst.",
    "district-unknown": "Wij kunnen uw wijk niet vinden bij dit adres. Kies uw wijk uit de lijst.",
    "known": "Deze persoon is al lid of staat al op de lijst. Zoek het lid op naam of adres.",
    "outside-municipality": (
        "Deze postcode ligt niet in de gemeente. Alleen inwoners kunnen lid worden. Klopt de postcode wel? Bel ons dan."
    ),
    "consent": "Zonder deze toestemming kunt u geen lid worden.",
    "email-needed": "Vul een e-mailadres in. Hebt u dat niet? Bel ons dan.",
}
CODE_FAULT = {
    "wrong": "Deze code klopt niet. Kijk goed naar de cijfers in de e-mail.",
    "over": "Deze code werkt niet meer. Vraag een nieuwe code aan.",
    "unknown-code": "Deze code kennen we niet. Kijk goed naar de code in uw brief.",
    "code-used": "Met deze code is al iemand lid geworden. Bent u dat? Log dan in.",
    "round-over": "Deze code werkt niet meer: de werving is gesloten. U kunt zich wel zelf aanmelden.",
}


def listed(words: Sequence[str]) -> str:
    """a, b en c."""
    return " en ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def age_label(code: str) -> str:
    """Dutch words for an age class."""
    if code.endswith("+"):
        return f"{code[:-1]} jaar en ouder"
    low, _, high = code.partition("-")
    return f"{low} tot en met {high} jaar" if high else CATEGORY.get(code, code)


def category_label(variable: str, category: str) -> str:
    """Dutch words for a category of a variable; crossed categories part by part."""
    parts = category.split("|")
    words = [age_label(p) if p[:1].isdigit() and not p.isdigit() else CATEGORY.get(p, p) for p in parts]
    return ", ".join(words)


def stratum_label(stratum: str, districts: dict[str, str]) -> str:
    """Dutch words for a stratum: age class and district."""
    age, _, district = stratum.partition("|")
    return f"{age_label(age)}, {districts.get(district, district)}" if district else stratum


name_kinds(
    {
        "panel.render_letters": "Brieven maken",
        "panel.composition": "Samenstelling berekenen",
        "panel.code": "Code om door te gaan",
        "panel.known": "Bericht dat iemand al lid is",
        "panel.duplicate": "Bericht dat iemand twee keer lid was",
        "panel.welcome": "Welkom in het panel",
        "panel.waiting": "Bericht over de wachtlijst",
        "panel.farewell": "Bevestiging van vertrek",
    }
)
