"""Eight processes on the last fifty seats: exactly fifty are in, and the line keeps the order in which people came."""

import json
import subprocess
import sys
from collections import Counter
from types import SimpleNamespace

import pytest
from flask import Flask

from core.actor import SYSTEM, acting
from core.db import db
from panel import queries
from panel.models import Member, MemberStatus, SeatQuota
from panel.services import joining, membership
from tests.integration.core.processes import ROOT, environment

STRATUM = "40-54|WK035501"
PROCESSES, SEATS, PEOPLE = 8, 50, 120


@pytest.fixture
def waiting_for_code(make: SimpleNamespace) -> list[str]:
    make.core.complete_settings()
    make.panel.figures()
    codes = [joining.address_code(make.panel.confirmed()) for _ in range(PEOPLE)]
    make.panel.seats(STRATUM, SEATS)
    return codes


def type_all(app: Flask, codes: list[str]) -> list[str]:
    """Let eight processes type the codes at the same moment."""
    command = [sys.executable, "-m", "tests.integration.panel.seat_taker"]
    running = [
        subprocess.Popen(
            [*command, json.dumps(codes[n::PROCESSES])],
            cwd=ROOT,
            env=environment(app),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(PROCESSES)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    outcomes = []
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in running:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        outcomes += json.loads(out)
    return outcomes


def test_exactly_the_last_seats_are_given_and_the_line_keeps_its_order(app: Flask, waiting_for_code: list[str]) -> None:
    outcomes = type_all(app, waiting_for_code)
    assert Counter(outcomes) == {"active": SEATS, "waiting": PEOPLE - SEATS}
    db.session.rollback()
    assert db.session.scalars(db.select(SeatQuota)).one().seats_left == 0
    seated = db.session.scalars(db.select(Member).where(Member.holds_seat)).all()
    line = list(db.session.scalars(db.select(Member).filter_by(status=MemberStatus.WAITING).order_by(Member.queued_at)))
    # nobody got a seat after somebody else was told to wait
    assert max(m.admitted_at for m in seated if m.admitted_at) <= min(m.queued_at for m in line if m.queued_at)
    assert [queries.waiting_place(m) for m in line] == list(range(1, PEOPLE - SEATS + 1))
    with acting(SYSTEM):
        for member in seated[:5]:
            membership.leave(member)
    db.session.commit()
    assert [m.status for m in line[:6]] == [MemberStatus.ACTIVE] * 5 + [MemberStatus.WAITING]
