"""A member moves: within the municipality they stay, with the new address; out of it they leave."""

from core import audit, clock
from core.db import db
from core.permissions import require
from panel.models import LeaveReason, Member
from panel.profiles import Address, ProfileRefusedError, rule_faults
from panel.services import membership, profile_rules
from panel.services.transitions import hold


def move_within(member: Member, address: Address, district_code: str) -> Member:
    """The new address; wijk and household follow, the stratum of recruitment stays what it was."""
    require("panel.manage_membership", member)
    found = rule_faults(profile_rules.current(), None, district_code, address.postcode)
    if found:
        raise ProfileRefusedError(found)
    hold(member)
    membership.set_address(member, address)
    member.district_code, member.moved_on = district_code, clock.today()
    audit.record("member.move", "member", audit.subject_ref("member", member.id))
    db.session.flush()
    return member


def move_away(member: Member) -> str:
    """Out of the municipality: a farewell with thanks, and everything is erased. Returns the reference."""
    return membership.leave(member, LeaveReason.MOVED_AWAY)
