"""Seats for open sign-up: never given twice, refilled in order."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from core import clock
from core.db import db
from core.errors import BlockedError
from panel import queries, wave_draws
from panel.models import Member, MemberStatus, SeatQuota
from panel.services import joining, membership, seats

STRATUM = "40-54|WK035501"


def test_no_seat_is_given_twice_under_eight_threads(app: Flask, ready: SimpleNamespace) -> None:
    codes = [joining.address_code(ready.panel.confirmed()) for _ in range(160)]
    ready.panel.seats(STRATUM, 50)

    def confirm(part: list[str]) -> list[MemberStatus]:
        with app.app_context():
            found = []
            for code in part:
                found.append(joining.confirm_address(code).status)
                db.session.commit()
            db.session.remove()
            return found

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(s for part in pool.map(confirm, [codes[i::8] for i in range(8)]) for s in part)
    assert outcomes == {MemberStatus.ACTIVE: 50, MemberStatus.WAITING: 110}
    db.session.rollback()
    quota = db.session.scalars(db.select(SeatQuota)).one()
    assert quota.seats_left == 0
    assert db.session.scalar(db.select(db.func.count()).select_from(Member).where(Member.holds_seat)) == 50
    waiting = db.session.scalars(db.select(Member).filter_by(status=MemberStatus.WAITING)).all()
    assert sorted(queries.waiting_place(m) or 0 for m in waiting) == list(range(1, 111))


def test_one_code_typed_by_eight_threads_takes_one_seat(app: Flask, ready: SimpleNamespace) -> None:
    code = joining.address_code(ready.panel.confirmed())
    ready.panel.seats(STRATUM, 5)

    def confirm(_n: int) -> None:
        with app.app_context():
            joining.confirm_address(code)
            db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(confirm, range(8)))
    db.session.rollback()
    assert db.session.scalars(db.select(SeatQuota)).one().seats_left == 4


def test_the_database_itself_refuses_a_seat_too_many(ready: SimpleNamespace) -> None:
    quota = ready.panel.seats(STRATUM, 1)
    quota.seats_left = -1
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_who_leaves_makes_room_for_the_first_in_line(ready: SimpleNamespace) -> None:
    ready.panel.seats(STRATUM, 1)
    inside, first, second = (ready.panel.self_registered() for _ in range(3))
    assert [m.status for m in (inside, first, second)] == ["active", "waiting", "waiting"]
    assert queries.waiting_place(second) == 2
    membership.leave(inside)
    db.session.commit()
    assert first.status is MemberStatus.ACTIVE
    assert queries.waiting_place(second) == 1


def test_more_seats_let_the_next_ones_in_by_themselves(ready: SimpleNamespace) -> None:
    ready.panel.seats(STRATUM, 0)
    members = [ready.panel.self_registered() for _ in range(3)]
    seats.set_quota(STRATUM, 2)
    assert [m.status for m in members] == ["active", "active", "waiting"]


def test_fewer_seats_than_taken_is_refused(ready: SimpleNamespace) -> None:
    ready.panel.seats(STRATUM, 2)
    ready.panel.self_registered()
    with pytest.raises(BlockedError):
        seats.set_quota(STRATUM, 0)


def test_seats_are_divided_as_the_population_is(ready: SimpleNamespace) -> None:
    quotas = seats.divide_seats(300)
    assert sum(q.capacity for q in quotas) == 300
    assert len(quotas) == 30
    age, district = queries.margins(["age", "district"])
    expected = 300 * age.shares["40-54"] * district.shares["WK035501"]
    found = next(q.capacity for q in quotas if q.stratum == STRATUM)
    assert abs(found - expected) < 1


def test_drawing_keeps_one_person_per_household_and_counts_them_all(ready: SimpleNamespace) -> None:
    persons = ready.panel.persons(ready.panel.recruitment_round(persons=5, huisnummer="12"))
    members = [ready.panel.drawn_member(p) for p in persons]
    soon = clock.now() + timedelta(minutes=1)
    (invitee,) = wave_draws.invitable(soon, seed=7)
    assert invitee.household_size == 5
    assert invitee.base_weight == pytest.approx(20 * 5)
    assert wave_draws.invitable(soon, seed=7) == [invitee]
    drawn = {wave_draws.invitable(soon, seed=s)[0].member_id for s in range(40)}
    assert drawn == {m.id for m in members}


def test_who_is_admitted_after_the_announcement_waits_for_the_next_wave(ready: SimpleNamespace) -> None:
    announced = clock.now()
    with clock.travel(announced + timedelta(hours=1)):
        ready.panel.member()
    assert wave_draws.invitable(announced, seed=1) == []
    assert len(wave_draws.invitable(announced + timedelta(hours=2), seed=1)) == 1


def test_only_active_members_of_the_area_are_drawn(ready: SimpleNamespace) -> None:
    here = ready.panel.member()
    ready.panel.member(district_code="WK035502")
    paused = ready.panel.member()
    membership.pause(paused, clock.today() + timedelta(days=9))
    soon = clock.now() + timedelta(minutes=1)
    assert [i.member_id for i in wave_draws.invitable(soon, districts=["WK035501"], seed=1)] == [here.id]


def test_self_registered_get_the_mean_weight_of_the_drawn(ready: SimpleNamespace) -> None:
    made = ready.panel.recruitment_round(persons=2)
    ready.panel.drawn_member(ready.panel.persons(made)[0])
    ready.panel.member()
    found = wave_draws.invitable(clock.now() + timedelta(minutes=1), seed=1)
    assert [i.origin.value for i in found] == ["drawn", "self_registered"]
    assert [i.base_weight for i in found] == pytest.approx([20, 20])


def test_classes_have_the_codes_of_the_margins(ready: SimpleNamespace) -> None:
    ready.panel.member(birth_year=clock.today().year - 80)
    (invitee,) = wave_draws.invitable(clock.now() + timedelta(minutes=1), seed=1)
    margins = queries.margins(["sex", "age", "district", "education"])
    assert len(margins) == 4
    for margin in margins:
        assert invitee.classes[margin.variable] in margin.categories
