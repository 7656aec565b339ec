"""Signing in with a code by e-mail; a mailbox may be of several members."""

from dataclasses import dataclass, field
from datetime import timedelta

from core import audit, clock
from panel.models import CodePurpose, Member, SignInRequest
from panel.queries.members import members_with_email
from panel.services import one_time

CHOICE_TIME = timedelta(minutes=10)


@dataclass(frozen=True)
class Verification:
    """Who may sign in after a right code: none, one, or several to choose from by first name."""

    members: list[Member] = field(default_factory=list)
    reason: str = ""


def request_code(email: str, browser_key: str) -> SignInRequest:
    """Ask for a code; the same work and answer whether or not anybody has this address."""
    return one_time.ask(CodePurpose.SIGN_IN, email, browser_key)


def verify(public_id: str, code: str, browser_key: str) -> Verification:
    """Check a code; the caller commits in any case and starts the session."""
    outcome = one_time.check(public_id, code, browser_key, CodePurpose.SIGN_IN)
    if outcome.request is None:
        return Verification(reason=outcome.reason)
    return Verification(members_with_email(outcome.request.email_index))


def choices(public_id: str, browser_key: str) -> list[Member]:
    """The members to choose from after a right code, in the same browser and for a short time only."""
    request = one_time.find(public_id)
    if request is None or request.purpose is not CodePurpose.SIGN_IN or request.used_at is None:
        return []
    if request.browser_hash != one_time.browser_hash(browser_key) or request.used_at + CHOICE_TIME < clock.now():
        return []
    return members_with_email(request.email_index)


def note_sign_in(member: Member) -> None:
    """Write the audit row of signing in."""
    audit.record("member.sign_in", "member", audit.subject_ref("member", member.id))
    member.last_active_on = clock.today()
