"""The Dutch words for roles, bodies and the faults of signing in."""

from core.accounts.passwords import LONGEST, SHORTEST
from core.models import BodyKind, Role

ROLES = {
    Role.COUNCIL_MEMBER: "Raadslid",
    Role.CLERK: "Griffie",
    Role.ANALYST: "Onderzoeker",
    Role.ADMINISTRATOR: "Beheerder",
}
ROLE_HINTS = {
    "council_member": "Vraagt onderzoek aan en schrijft bevindingen voor de raad.",
    "clerk": "Leidt het panel en de vragenlijsten, en maakt de terugkoppeling.",
    "analyst": "Controleert de weging en leest de open antwoorden.",
    "administrator": "Beheert accounts, instellingen en het logboek. Ziet geen antwoorden.",
}
BODY_KINDS = {
    BodyKind.COUNCIL: "Gemeenteraad",
    BodyKind.PRESIDIUM: "Presidium",
    BodyKind.COMMITTEE: "Commissie",
    BodyKind.EXECUTIVE_BOARD: "College van B en W",
}
PASSWORD_FAULTS = {
    "too-short": f"Kies een wachtwoord van {SHORTEST} tekens of meer. Een zin van vier of vijf woorden is goed.",
    "too-long": f"Kies een wachtwoord van niet meer dan {LONGEST} tekens.",
    "too-common": "Dit wachtwoord is te makkelijk te raden. Kies andere woorden.",
    "too-personal": "Gebruik niet alleen uw naam of e-mailadres als wachtwoord.",
}
SIGN_IN_REFUSED = {
    "wrong-password": "Het e-mailadres of het wachtwoord klopt niet.",
    "wrong-code": "Deze code klopt niet of is al gebruikt. Wacht tot de app een nieuwe code toont.",
}
CONFLICTS = {
    "account-exists": "Er is al een account met dit e-mailadres.",
    "last-administrator": "Dit is de enige beheerder. Maak eerst iemand anders beheerder.",
    "body-exists": "Er is al een orgaan met deze naam.",
}
START_PAGES = (
    (Role.CLERK, "/griffie"),
    (Role.ANALYST, "/griffie"),
    (Role.COUNCIL_MEMBER, "/raad"),
    (Role.ADMINISTRATOR, "/beheer/accounts"),
)


def start_page(roles: frozenset[str]) -> str:
    """Where somebody begins after signing in."""
    return next((page for role, page in START_PAGES if role.value in roles), "/medewerkers/account")
