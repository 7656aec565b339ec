"""Who may do what to commissions and waves."""

from typing import Any

from core.actor import Actor
from core.permissions import register, role

clerk = role("clerk")
design_reader = role("clerk", "analyst")


def commissioner(actor: Actor, thing: Any) -> bool:
    """A council member; of this commission: a member of the body that commissions it, or its author."""
    if actor.kind != "staff" or not actor.has_role("council_member"):
        return False
    return thing is None or thing.author_id == actor.account_id or thing.body_id in actor.bodies


def decider(actor: Actor, thing: Any) -> bool:
    """A council member in the body that decides on this commission."""
    if actor.kind != "staff" or not actor.has_role("council_member"):
        return False
    return thing is None or thing.deciding_body_id in actor.bodies


def outside_signatory(actor: Actor, thing: Any) -> bool:
    """The person outside who was asked to sign this wave."""
    return actor.kind == "outside" and (thing is None or actor.ref.startswith(f"{thing.public_id}:"))


def council(actor: Actor, _thing: Any) -> bool:
    """Any council member."""
    return actor.kind == "staff" and actor.has_role("council_member")


register(
    {
        "commission.list": (clerk, council),
        "commission.view": (clerk, commissioner, decider),
        "commission.create": (council,),
        "commission.edit": (commissioner,),
        "commission.submit": (commissioner,),
        "commission.advise": (clerk,),
        "commission.decide": (clerk, decider),
        "commission.amend": (clerk,),
        "obligation.lift": (clerk,),
        "wave_key.view": (role("clerk", "administrator"),),
        "wave_key.recover": (role("clerk", "administrator"),),
        "wave.list": (design_reader,),
        "wave.view": (design_reader,),
        "wave.create": (clerk,),
        "wave.edit": (clerk,),
        "wave.plan": (design_reader,),
        "wave.sign_off": (clerk, role("analyst"), outside_signatory),
        "wave.invite_signatory": (clerk,),
        "wave.make_ready": (clerk,),
        "wave.back_to_design": (clerk,),
        "wave.open": (clerk,),
        "wave.close_online": (clerk,),
        "wave.close": (clerk,),
        "wave.cancel": (clerk,),
        "wave.void": (clerk,),
    }
)
