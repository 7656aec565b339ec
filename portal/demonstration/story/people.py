"""Bodies, people and rules of the invented municipality; nobody here exists."""

from typing import Any

from core.models import BodyKind, Role
from portal.demonstration.population import EMAIL_DOMAIN
from portal.demonstration.story.shapes import AccountStory, BodyStory, Calendar

COUNCIL, PRESIDIUM, SPACE, BOARD = "raad", "presidium", "ruimte", "college"
CLERK, DEPUTY, ANALYST, ADMINISTRATOR = "griffier", "griffiemedewerker", "onderzoeker", "beheerder"
COUNCILLOR, CHAIR = "raadslid", "commissievoorzitter"
OUTSIDE_NAME, OUTSIDE_FUNCTION = "Riet Lantaarnbeek", "griffier van een buurgemeente"
OUTSIDE_EMAIL = f"riet.lantaarnbeek@buurgemeente.{EMAIL_DOMAIN}"

BODIES = (
    BodyStory(COUNCIL, "Gemeenteraad", BodyKind.COUNCIL, may_commission=True, may_decide=True),
    BodyStory(PRESIDIUM, "Presidium", BodyKind.PRESIDIUM, may_commission=True, may_decide=True),
    BodyStory(SPACE, "Raadscommissie Ruimte", BodyKind.COMMITTEE, may_commission=True, may_decide=False),
    BodyStory(BOARD, "College van burgemeester en wethouders", BodyKind.EXECUTIVE_BOARD, may_commission=True,
              may_decide=False),
)  # fmt: skip

ACCOUNTS = (
    AccountStory(CLERK, "Anna Wolkenduin", f"griffier@{EMAIL_DOMAIN}", "griffier", (Role.CLERK,)),
    AccountStory(DEPUTY, "Kees Honingveld", f"griffiemedewerker@{EMAIL_DOMAIN}", "griffiemedewerker", (Role.CLERK,)),
    AccountStory(ANALYST, "Lotte Kompashorst", f"onderzoeker@{EMAIL_DOMAIN}", "onderzoeker", (Role.ANALYST,)),
    AccountStory(ADMINISTRATOR, "Bram Zilverma", f"beheerder@{EMAIL_DOMAIN}", "beheerder", (Role.ADMINISTRATOR,)),
    AccountStory(
        COUNCILLOR, "Fatima van der Vliegerbrug", f"raadslid@{EMAIL_DOMAIN}", "raadslid, ook lid van het presidium",
        (Role.COUNCIL_MEMBER,), (COUNCIL, PRESIDIUM),
    ),
    AccountStory(
        CHAIR, "Hendrik Kersenboom", f"commissie@{EMAIL_DOMAIN}", "raadslid, voorzitter van de commissie Ruimte",
        (Role.COUNCIL_MEMBER,), (COUNCIL, SPACE),
    ),
)  # fmt: skip


def settings_of(calendar: Calendar) -> dict[str, Any]:
    """The settings as the invented council adopted them before the first letter."""
    return {
        "municipality": "Zeist",
        "gm_code": "GM0355",
        "panel_name": "Inwonerspanel Zeist (voorbeeld)",
        "telephone": "030 000 00 00",
        "email": f"panel@{EMAIL_DOMAIN}",
        "postal_address": "Postbus 0, 3700 AA Zeist (voorbeeld)",
        "rules_decision_number": "VOORBEELD-2025-001",
        "rules_decision_url": "https://voorbeeld.example/raadsbesluit/spelregels",
        "rules_decision_on": calendar.day(-420).isoformat(),
        "deciding_body": "het presidium",
        "indicators": (
            "Wie doet mee; wie ontbreekt; respons per vragenlijst; uitval; op tijd teruggekoppeld; aantal overgenomen "
            "bevindingen; duidelijkheid van de terugkoppeling; gehoord voelen; kosten per antwoord; klachten"
        ),
        "controller": "College van burgemeester en wethouders van Zeist (voorbeeld)",
        "register_legal_basis": "VOORBEELD: artikel 6, lid 1, onder e AVG en het raadsbesluit over de spelregels",
        "dpia_on": calendar.day(-430).isoformat(),
        "privacy_contact": f"privacy@{EMAIL_DOMAIN}",
        "panel_target": 1500,
        "feedback_term_days": 60,
        "fieldwork_days": 14,
        # with three questionnaires a year a rule that waits for five would show nothing
        "dormant_after_unanswered": 2,
        "wake_up_days": 14,
        "bounce_limit": 2,
    }
