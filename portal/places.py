"""The addresses of other packages' pages that the portal links to; they are stable for ever, and a test walks them."""

from urllib.parse import quote

SURVEYS = "/vragenlijsten"
JOIN = "/aanmelden"
JOIN_BY_LETTER = "/meedoen"
MEMBER_SIGN_IN = "/inloggen"
MEMBER_SIGN_OUT = "/mijn/uitloggen"
OWN_ACCOUNT = "/medewerkers/account"
COMMISSIONS = "/griffie/opdrachten"
PAUSES = "/griffie/pauzes"
WAVES = "/griffie/vragenlijsten"
PUBLICATIONS = "/griffie/publicaties"
RECRUITMENT = "/griffie/werving"
MEMBERS = "/griffie/panel"
COMPOSITION = "/griffie/panel/samenstelling"
POPULATION = "/griffie/bevolking"
COUNCIL = "/raad"
COUNCIL_FINDINGS = "/raad/bevindingen"
ACCOUNTS = "/beheer/accounts"
SETTINGS = "/beheer/instellingen"
AUDIT = "/beheer/logboek"
MAIL = "/beheer/post"
JOBS = "/beheer/taken"
KEYS = "/beheer/sleutels"
PROFILE = "/mijn/profiel"
PAUSE = "/mijn/pauze"
LEAVE = "/mijn/verlaten"
DATA = "/mijn/gegevens"
PREFERENCES = "/mijn/voorkeuren"


def survey(slug: str) -> str:
    """The public page of a questionnaire."""
    return f"{SURVEYS}/{quote(slug)}"


def feedback(slug: str) -> str:
    """What was done with the answers."""
    return f"{survey(slug)}/terugkoppeling"


def agreement(slug: str) -> str:
    """The agreement before the first question."""
    return f"/afspraken/{quote(slug)}"


def personal(token: str) -> str:
    """The first screen of one's own questionnaire."""
    return f"/v/{quote(token)}"


def fieldwork(public_id: str) -> str:
    """The fieldwork of a wave."""
    return f"{WAVES}/{quote(public_id)}/veldwerk"


def wave(public_id: str) -> str:
    """A wave in design."""
    return f"{WAVES}/{quote(public_id)}"


def key(public_id: str) -> str:
    """The state of a wave's key and its recovery."""
    return f"{KEYS}/{quote(public_id)}"


def commission(public_id: str) -> str:
    """A commission, as the griffie sees it."""
    return f"{COMMISSIONS}/{quote(public_id)}"


def publication(public_id: str) -> str:
    """The weighting of a publication."""
    return f"{PUBLICATIONS}/{quote(public_id)}"
