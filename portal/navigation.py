"""The main menu: for everybody the public pages, for staff what belongs to their roles."""

from flask import request

from core.web import context
from core.web.context import NavItem
from core.web.visitors import Visitor
from portal import places

PUBLIC = (("Vragenlijsten", places.SURVEYS), ("Kalender", "/kalender"), ("Het panel", "/panel"))
MAILBOX = ("Post (voorbeeld)", "/voorbeeld/post")
BY_ROLE: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "clerk",
        (
            ("Vandaag", "/griffie"),
            ("Opdrachten", places.COMMISSIONS),
            ("Vragenlijsten", places.WAVES),
            ("Resultaten", places.PUBLICATIONS),
            ("Werving", places.RECRUITMENT),
            ("Panelleden", places.MEMBERS),
            ("Bevolking", places.POPULATION),
            ("E-mail", places.MAIL),
        ),
    ),
    ("analyst", (("Vandaag", "/griffie"), ("Vragenlijsten", places.WAVES), ("Resultaten", places.PUBLICATIONS))),
    (
        "council_member",
        (("Opdrachten", places.COUNCIL), ("Bevindingen", places.COUNCIL_FINDINGS), ("Kalender", "/kalender")),
    ),
    (
        "administrator",
        (
            ("Accounts", places.ACCOUNTS),
            ("Instellingen", places.SETTINGS),
            ("Logboek", places.AUDIT),
            ("E-mail", places.MAIL),
            ("Taken", places.JOBS),
            ("Sleutels", places.KEYS),
        ),
    ),
)


def entries(visitor: Visitor, *, demonstration: bool) -> list[tuple[str, str]]:
    """Label and address of each entry for a visitor."""
    if visitor.kind == "staff":
        found = [entry for role, own in BY_ROLE if role in visitor.actor.roles for entry in own]
        found.append(("Mijn account", places.OWN_ACCOUNT))
    elif visitor.kind == "member":
        found = [*PUBLIC, ("Mijn panel", "/mijn")]
    else:
        found = [*PUBLIC, ("Lid worden", places.JOIN), ("Mijn panel", places.MEMBER_SIGN_IN)]
    if demonstration:
        found.append(MAILBOX)
    return list({url: (label, url) for label, url in reversed(found)}.values())[::-1]


def build(visitor: Visitor) -> list[NavItem]:
    """The menu of this page; the entry that fits the address best is the current one."""
    found = entries(visitor, demonstration=context.config().demonstration)
    path = request.path.rstrip("/") or "/"
    fitting = [url for _label, url in found if path == url or path.startswith(f"{url}/")]
    current = max(fitting, key=len, default="")
    return [NavItem(label, url, url == current) for label, url in found]


context.navigation(build)
