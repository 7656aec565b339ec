"""The griffie registers somebody who calls, writes or sends the paper card: no e-mail is needed to be a member."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from enum import StrEnum

from core import audit, clock
from core.db import db
from core.dialect import begin_write
from core.permissions import require
from panel.models import ConsentPurpose, Member, MemberStatus
from panel.profiles import ProfileInput, ProfileRefusedError, tidy
from panel.services import applications, joining
from panel.services.transitions import move_member


class Channel(StrEnum):
    """How somebody told us that they want to join."""

    PAPER = "paper"
    TELEPHONE = "telephone"
    DESK = "desk"


def register_for(
    *, profile: ProfileInput, consents: AbstractSet[ConsentPurpose], channel: Channel, code: str = ""
) -> Member:
    """Join on behalf of somebody: with the code of a letter at once, without it a letter to the address follows."""
    require("panel.recruit")
    filled = replace(tidy(profile), email=None)
    member = _by_letter(filled, consents, code) if code else _openly(filled, consents)
    reference = audit.subject_ref("member", member.id)
    audit.record("member.registered_for", "member", reference, detail={"channel": channel.value})
    db.session.flush()
    return member


def _by_letter(profile: ProfileInput, consents: AbstractSet[ConsentPurpose], code: str) -> Member:
    person = joining.start_from_letter(code)
    _refuse_known(replace(profile, address=applications.address_of(person)))
    joined = joining.join_from_letter(code=code, profile=profile, consents=consents)
    if joined.member is None:
        raise ProfileRefusedError({"first_name": "known"})
    return joined.member


def _openly(profile: ProfileInput, consents: AbstractSet[ConsentPurpose]) -> Member:
    filled = applications.locate(profile)
    applications.refuse_faults(filled, consents, open_sign_up=True, on_behalf=True)
    begin_write(db.session)
    _refuse_known(filled)
    member = applications.apply(filled, consents)
    member.confirmed_at = clock.now()
    return move_member(member, MemberStatus.CONFIRMED)


def _refuse_known(profile: ProfileInput) -> None:
    known = applications.find_known(profile)
    if known is not None and known.status is not MemberStatus.APPLIED:
        raise ProfileRefusedError({"first_name": "known"})
