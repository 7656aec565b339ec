"""Who may do what with results and feedback; publishing the results is the system's alone."""

from typing import Any

from core.actor import Actor
from core.permissions import register, role
from feedback.models import Publication


def of_public_results(actor: Actor, thing: Any) -> bool:
    """A council member, once everybody may read the results (without a thing: the page as such)."""
    is_council = actor.kind == "staff" and actor.has_role("council_member")
    return is_council and (thing is None or (isinstance(thing, Publication) and thing.is_public))


def analyst_only(actor: Actor, _thing: Any) -> bool:
    """An analyst who is not griffie too: who knows names may not read rows."""
    return actor.kind == "staff" and actor.has_role("analyst") and not actor.has_role("clerk")


staff = role("clerk", "analyst")
clerk = role("clerk")

register(
    {
        "publication.list": (staff,),
        "publication.weigh": (staff,),
        "publication.read_open_answers": (analyst_only,),
        # nobody: results appear by themselves, on the promised day, for everybody at once
        "publication.publish_results": (),
        "feedback.answer": (clerk,),
        "feedback.publish": (clerk,),
        "finding.list": (of_public_results,),
        "finding.add": (of_public_results,),
        "statement.sign": (of_public_results,),
    }
)
