"""Steps of members and rounds: every pair of states is either in the table or refused."""

from datetime import date, timedelta

import pytest

from core.errors import BlockedError, TransitionError
from panel import lifecycle
from panel.lifecycle import MEMBER_STEPS, ROUND_STEPS, RoundFacts
from panel.models import Member, MemberOrigin, MemberStatus, RecruitmentRound, RoundStatus

TODAY = date(2026, 5, 1)


def member(status: MemberStatus, origin: MemberOrigin = MemberOrigin.DRAWN) -> Member:
    return Member(status=status, origin=origin, paused_until=TODAY + timedelta(days=10))


@pytest.mark.parametrize("source", MemberStatus)
@pytest.mark.parametrize("target", MemberStatus)
def test_only_steps_of_the_table_exist(source: MemberStatus, target: MemberStatus) -> None:
    if target in MEMBER_STEPS[source]:
        origin = MemberOrigin.SELF_REGISTERED if target is MemberStatus.WAITING else MemberOrigin.DRAWN
        lifecycle.check_member(member(source, origin), target, TODAY)
    else:
        with pytest.raises(TransitionError):
            lifecycle.check_member(member(source), target, TODAY)


def test_nobody_comes_back_from_left() -> None:
    assert MEMBER_STEPS[MemberStatus.LEFT] == frozenset()


def test_drawn_person_never_waits() -> None:
    with pytest.raises(BlockedError, match="blocked"):
        lifecycle.check_member(member(MemberStatus.CONFIRMED), MemberStatus.WAITING, TODAY)


def test_open_sign_up_is_not_in_before_the_address_is_proved() -> None:
    applied = member(MemberStatus.APPLIED, MemberOrigin.SELF_REGISTERED)
    with pytest.raises(BlockedError) as refused:
        lifecycle.check_member(applied, MemberStatus.ACTIVE, TODAY)
    assert [b.code for b in refused.value.blockers] == ["address-unproved"]


@pytest.mark.parametrize(("days", "code"), [(0, "pause-past"), (-3, "pause-past"), (400, "pause-long")])
def test_pause_needs_an_end_within_a_year(days: int, code: str) -> None:
    pausing = member(MemberStatus.ACTIVE)
    pausing.paused_until = TODAY + timedelta(days=days)
    with pytest.raises(BlockedError) as refused:
        lifecycle.check_member(pausing, MemberStatus.PAUSED, TODAY)
    assert [b.code for b in refused.value.blockers] == [code]


def test_pause_without_end_is_refused() -> None:
    pausing = member(MemberStatus.ACTIVE)
    pausing.paused_until = None
    with pytest.raises(BlockedError):
        lifecycle.check_member(pausing, MemberStatus.PAUSED, TODAY)


def round_in(status: RoundStatus, respond_by: date = TODAY + timedelta(days=20)) -> RecruitmentRound:
    return RecruitmentRound(public_id="x", status=status, respond_by=respond_by)


@pytest.mark.parametrize("source", RoundStatus)
@pytest.mark.parametrize("target", RoundStatus)
def test_only_round_steps_of_the_table_exist(source: RoundStatus, target: RoundStatus) -> None:
    facts = RoundFacts(persons=3, missing_settings={}, today=TODAY)
    if target in ROUND_STEPS[source]:
        lifecycle.check_round(round_in(source), target, facts)
    else:
        with pytest.raises(TransitionError):
            lifecycle.check_round(round_in(source), target, facts)


def test_letters_are_refused_with_the_whole_list_of_what_is_missing() -> None:
    facts = RoundFacts(persons=0, missing_settings={"controller": "verwerkingsverantwoordelijke"}, today=TODAY)
    with pytest.raises(BlockedError) as refused:
        lifecycle.check_round(round_in(RoundStatus.DRAFT, TODAY), RoundStatus.LETTERS, facts)
    assert [b.code for b in refused.value.blockers] == ["setting-controller", "no-sample", "respond-by-past"]
