"""Who may do what with the panel."""

from typing import Any

from core.actor import Actor
from core.permissions import register, role


def anybody(_actor: Actor, _thing: Any) -> bool:
    """Everybody may join."""
    return True


def own_membership(actor: Actor, thing: Any) -> bool:
    """A member about their own row."""
    return actor.kind == "member" and thing is not None and actor.member_id == thing.id


register(
    {
        "panel.join": (anybody,),
        "panel.manage_membership": (own_membership, role("clerk")),
        "panel.recruit": (role("clerk"),),
        "panel.draw": (role("clerk"),),
        "panel.list_members": (role("clerk"),),
        "panel.keep_up": (role("clerk"),),
        "panel.view_population": (role("clerk", "analyst", "administrator"),),
        "panel.view_composition": (role("clerk", "analyst"),),
        "panel.compute_composition": (role("clerk", "analyst"),),
        "panel.load_population": (role("administrator", "clerk"),),
    }
)
