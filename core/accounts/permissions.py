"""Who may do what with accounts, settings, the audit log, mails and jobs."""

from typing import Any

from core.actor import Actor
from core.models import Role
from core.permissions import register, role


def any_staff(actor: Actor, _thing: Any) -> bool:
    """Whoever signed in as staff or council member."""
    return actor.kind == "staff"


administrator = role(Role.ADMINISTRATOR)
office = role(Role.ADMINISTRATOR, Role.CLERK)

register(
    {
        "account.own": (any_staff,),
        "account.list": (administrator,),
        "account.manage": (administrator,),
        "body.manage": (administrator,),
        "settings.view": (office,),
        "settings.save": (administrator,),
        "audit.read": (administrator,),
        "mail.list": (office,),
        "mail.decide": (office,),
        "job.list": (office,),
        "job.retry": (office,),
        "job.view": (any_staff,),
    }
)
