"""States of members and rounds: which steps exist, and everything that is still missing before one."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import BlockedError, Blocker, TransitionError
from panel.models import Member, MemberOrigin, MemberStatus, RecruitmentRound, RoundStatus

LONGEST_PAUSE = timedelta(days=366)

MEMBER_STEPS: dict[MemberStatus, frozenset[MemberStatus]] = {
    MemberStatus.APPLIED: frozenset({MemberStatus.CONFIRMED, MemberStatus.ACTIVE, MemberStatus.LEFT}),
    MemberStatus.CONFIRMED: frozenset({MemberStatus.ACTIVE, MemberStatus.WAITING, MemberStatus.LEFT}),
    MemberStatus.WAITING: frozenset({MemberStatus.ACTIVE, MemberStatus.LEFT}),
    MemberStatus.ACTIVE: frozenset({MemberStatus.PAUSED, MemberStatus.DORMANT, MemberStatus.LEFT}),
    MemberStatus.PAUSED: frozenset({MemberStatus.PAUSED, MemberStatus.ACTIVE, MemberStatus.LEFT}),
    MemberStatus.DORMANT: frozenset({MemberStatus.ACTIVE, MemberStatus.PAUSED, MemberStatus.LEFT}),
    MemberStatus.LEFT: frozenset(),
}

ROUND_STEPS: dict[RoundStatus, frozenset[RoundStatus]] = {
    RoundStatus.DRAFT: frozenset({RoundStatus.LETTERS}),
    RoundStatus.LETTERS: frozenset({RoundStatus.CLOSED}),
    RoundStatus.CLOSED: frozenset(),
}


def member_blockers(member: Member, to: MemberStatus, today: date) -> list[Blocker]:
    """Everything that stands in the way of this step of a member."""
    if to is MemberStatus.ACTIVE and member.status is MemberStatus.APPLIED:
        return _direct_admission(member)
    if to is MemberStatus.WAITING and member.origin is MemberOrigin.DRAWN:
        return [Blocker("drawn-never-waits", "Wie is geloot, komt niet op de wachtlijst.")]
    if to is MemberStatus.PAUSED:
        return _pause(member, today)
    return []


def _direct_admission(member: Member) -> list[Blocker]:
    if member.origin is MemberOrigin.DRAWN:
        return []
    return [Blocker("address-unproved", "Eerst moet de code uit de brief aan het adres zijn ingevuld.")]


def _pause(member: Member, today: date) -> list[Blocker]:
    until = member.paused_until
    if until is None or until <= today:
        return [Blocker("pause-past", "De pauze moet na vandaag eindigen.", anchor="until")]
    if until > today + LONGEST_PAUSE:
        return [Blocker("pause-long", "Een pauze duurt ten hoogste een jaar.", anchor="until")]
    return []


def check_member(member: Member, to: MemberStatus, today: date) -> None:
    """Raise TransitionError when the step does not exist, BlockedError with all that is missing."""
    if to not in MEMBER_STEPS[member.status]:
        raise TransitionError("no-such-step", source=member.status.value, target=to.value)
    found = member_blockers(member, to, today)
    if found:
        raise BlockedError(found)


@dataclass(frozen=True)
class RoundFacts:
    """What the gates of a round look at besides the round itself."""

    persons: int
    missing_settings: dict[str, str]
    today: date


def round_blockers(recruitment_round: RecruitmentRound, to: RoundStatus, facts: RoundFacts) -> list[Blocker]:
    """Everything that stands in the way of this step of a round."""
    if to is not RoundStatus.LETTERS:
        return []
    found = [
        Blocker(f"setting-{name}", f"Vul eerst in: {label}.", "administration.settings", anchor=name)
        for name, label in facts.missing_settings.items()
    ]
    values = {"public_id": recruitment_round.public_id}
    if not facts.persons:
        found.append(Blocker("no-sample", "Lees eerst het steekproefbestand in.", "panel_clerk.show_round", values))
    if recruitment_round.respond_by <= facts.today:
        found.append(
            Blocker(
                "respond-by-past",
                "De datum waarop mensen uiterlijk reageren, is al voorbij.",
                "panel_clerk.show_round",
                values,
            )
        )
    return found


def check_round(recruitment_round: RecruitmentRound, to: RoundStatus, facts: RoundFacts) -> None:
    """Raise TransitionError when the step does not exist, BlockedError with all that is missing."""
    if to not in ROUND_STEPS[recruitment_round.status]:
        raise TransitionError("no-such-step", source=recruitment_round.status.value, target=to.value)
    found = round_blockers(recruitment_round, to, facts)
    if found:
        raise BlockedError(found)
