"""Somebody with the whole database, its backups and the logs tries to tie answers to persons after closing."""

import logging
import random
import sqlite3
from collections import Counter
from contextlib import closing as closing_of
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text

from core.db import db
from panel.models import Member
from surveys.models import Invitation, SealedResponse, SurveyResponse, Wave
from surveys.services import fielding

N = 120
# a hit by chance is 1 in 120 for a pairing; 8 hits of 120 has a chance below one in a million
CHANCE_HITS = 8

Pairing = dict[str, int]


class Panel:
    """A closed wave with, for the test only, the truth: which response is whose (told by the text of an answer)."""

    def __init__(self, wave: Wave, order: list[int], before: dict[str, list[Any]], after: dict[str, list[Any]]) -> None:
        self.order = order  # invitation ids in the order in which they sent
        self.before = before
        self.after = after
        self.kept = list(db.session.scalars(select(SurveyResponse)))
        # with the classes that are for weighting only, which go later
        self.for_now = [({**r.classes, **r.weighting_classes}, r.stratum, r.origin) for r in self.kept]
        self.truth = {r.id: int(r.answers["why_not"].removeprefix("antwoord van ")) for r in self.kept}
        self.persons = orders_of_invitations(self)
        self.responses = orders_of_responses(self)
        self.transactions = transactions()
        db.session.expunge_all()

    def hits(self, responses: list[str], invitations: list[int]) -> int:
        """How often a pairing by position, forwards or backwards, is right."""
        forwards = sum(self.truth[r] == n for r, n in zip(responses, invitations, strict=False))
        backwards = sum(self.truth[r] == n for r, n in zip(responses, reversed(invitations), strict=False))
        return max(forwards, backwards)


_built: list[Panel] = []


def transactions() -> list[int]:
    """In how many transactions the rows of each table were written, as PostgreSQL keeps it."""
    if db.engine.dialect.name != "postgresql":
        return [1, 1]
    tables = ("survey_response", "invitation")
    return [db.session.scalar(text(f"SELECT count(DISTINCT xmin::text) FROM {t}")) or 0 for t in tables]


def backup() -> dict[str, list[Any]]:
    """Every row of every table in physical order, with what the engine adds (rowid, ctid, xmin)."""
    engine = db.engine.dialect.name
    found: dict[str, list[Any]] = {}
    for name in inspect(db.engine).get_table_names():
        extra = "ctid::text, xmin::text, " if engine == "postgresql" else ""
        found[name] = [tuple(row) for row in db.session.execute(text(f'SELECT {extra}* FROM "{name}"'))]
    db.session.rollback()
    return found


@pytest.fixture
def closed(make: SimpleNamespace) -> Panel:
    """The closed wave, made once for all tests of this file."""
    if not _built:
        _built.append(_build(make))
    return _built[0]


def _build(make: SimpleNamespace) -> Panel:
    factory = make.surveys_fieldwork
    wave = factory.fielding_wave(N)
    fielding.send_invitations(wave)
    db.session.commit()
    order = [i.id for i in factory.invitations(wave)]
    random.Random(7).shuffle(order)
    for number in order:
        own = {
            "use": {"use": ["never"]},
            "why_not": {"why_not": [f"antwoord van {number}"]},
            "mark": {"mark": [str(number % 11)]},
        }
        factory.answer(db.session.get_one(Invitation, number), own)
    before = backup()
    factory.close(wave)
    return Panel(wave, order, before, backup())


def orders_of_invitations(panel: Panel) -> dict[str, list[int]]:
    """Every order of persons that an attacker can find: ids, times, mails, sessions, audit, counters, backups."""
    rows = db.session.scalars(select(Invitation)).all()
    member_of = {r.id: r.member_id for r in rows}
    orders = {
        "sending order": panel.order,
        "id": sorted(r.id for r in rows),
        "public id": [r.id for r in sorted(rows, key=lambda r: r.public_id)],
        "member": sorted(member_of, key=lambda n: member_of[n]),
        "invited at": [r.id for r in sorted(rows, key=lambda r: (r.invited_at, r.id))],
    }
    by_member = {m: n for n, m in member_of.items()}
    for name, table in (("physical", "invitation"), ("member physical", "member"), ("contact", "contact")):
        for when, stored in (("before", panel.before), ("after", panel.after)):
            orders[f"{name} {when}"] = _numbers(stored[table], table, by_member)
    return {name: order for name, order in orders.items() if len(order) >= N}


def _numbers(rows: list[Any], table: str, by_member: dict[int, int]) -> list[int]:
    offset = 2 if db.engine.dialect.name == "postgresql" else 0
    if table == "contact":
        return [by_member[r[offset + 1]] for r in rows if r[offset + 1] in by_member]
    if table == "member":
        return [by_member[r[offset]] for r in rows if r[offset] in by_member]
    return [r[offset] for r in rows]


def orders_of_responses(panel: Panel) -> dict[str, list[str]]:
    """Every order of responses that an attacker can find."""
    orders = {
        "id": sorted(panel.truth),
        "physical": [
            r for row in panel.after["survey_response"] for r in row if isinstance(r, str) and r in panel.truth
        ],
    }
    if db.engine.dialect.name == "postgresql":
        for column in ("ctid", "xmin::text::bigint", "cmin::text::bigint"):
            rows = db.session.execute(text(f"SELECT id FROM survey_response ORDER BY {column}, ctid"))
            orders[column] = [r[0] for r in rows]
    return orders


def test_no_order_pairs_responses_with_persons(closed: Panel) -> None:
    responses, persons = closed.responses, closed.persons
    assert all(len(order) == N for order in responses.values())
    assert len(persons) >= 9
    scores = {(left, right): closed.hits(responses[left], persons[right]) for left in responses for right in persons}
    worst = max(scores.values())
    print(f"best pairing out of {len(scores)}: {worst} of {N} ({100 * worst / N:.1f} %)")
    assert worst <= CHANCE_HITS, {k: v for k, v in scores.items() if v > CHANCE_HITS}


def test_the_attack_works_on_rows_written_with_the_sending(closed: Panel) -> None:
    """The same pairing finds everybody when rows stand in the order of sending: the test can fail."""
    by_person = {n: r for r, n in closed.truth.items()}
    careless = [by_person[n] for n in closed.order]
    assert closed.hits(careless, closed.order) == N


def test_one_transaction_and_one_table_rewrite_leave_no_marks(closed: Panel) -> None:
    assert closed.transactions == [1, 1]
    assert SurveyResponse.__table__.dialect_options["sqlite"]["with_rowid"] is False


def test_two_backups_differ_in_nothing_that_ties_a_person_to_an_answer(closed: Panel) -> None:
    before, after = closed.before, closed.after
    assert len(before["sealed_response"]) == N
    assert after["sealed_response"] == []
    shared = {str(v) for r in before["sealed_response"] for v in r if isinstance(v, str) and len(v) > 30}
    everything = {str(v) for name, rows in after.items() for row in rows for v in row if name != "sealed_response"}
    assert not shared & everything
    lengths = Counter(len(v) for r in before["sealed_response"] for v in r if isinstance(v, bytes | memoryview))
    assert len(lengths) == 1
    new = [row for name, rows in after.items() for row in rows if row not in before[name] and name != "survey_response"]
    assert not any("antwoord van" in str(row) for row in new)


def test_no_identifier_is_shared_between_responses_and_the_rest(closed: Panel) -> None:
    ids = set(closed.truth)
    rest = {str(v) for name, rows in closed.after.items() if name != "survey_response" for row in rows for v in row}
    assert not ids & rest
    columns = {c.name for c in SurveyResponse.__table__.columns}
    assert columns == {
        "id", "wave_id", "answers", "classes", "weighting_classes", "base_weight", "stratum", "origin", "flags",
    }  # fmt: skip
    targets = {k.column.table.name for k in SurveyResponse.__table__.foreign_keys}
    assert targets == {"wave"}
    assert {k.column.table.name for k in SealedResponse.__table__.foreign_keys} == {"wave"}


def test_the_share_singled_out_by_classes_is_reported_and_nobody_is_by_what_stays(closed: Panel) -> None:
    stays = Counter(str(sorted(r.classes.items())) + r.origin for r in closed.kept)
    for_now = Counter(str(sorted(classes.items())) + stratum + origin for classes, stratum, origin in closed.for_now)
    alone_stays = sum(n for n in stays.values() if n == 1) / N
    alone_now = sum(n for n in for_now.values() if n == 1) / N
    print(f"singled out by what stays: {100 * alone_stays:.1f} %; with weighting-only classes: {100 * alone_now:.1f} %")
    assert alone_stays == 0
    assert min(stays.values()) >= 10
    assert alone_now < 1


def test_neither_token_nor_answer_nor_name_stands_in_the_database_or_the_log(
    app: Flask, client: FlaskClient, make: SimpleNamespace, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    factory = make.surveys_fieldwork
    wave = factory.fielding_wave(3)
    asked = factory.invitations(wave)[0]
    token = factory.token(wave, asked)
    with caplog.at_level(logging.DEBUG):
        client.post(f"/v/{token}")
        client.post("/invullen/vraag/use", data={"use": "never", "versie": "1"})
        client.post("/invullen/vraag/why_not", data={"why_not": "Dit mag niemand lezen", "versie": "2"})
    dump = "\n".join(str(row) for rows in backup().values() for row in rows)
    name = db.session.get_one(Member, asked.member_id).last_name
    for secret in (token, token.split(".")[2], "Dit mag niemand lezen", name):
        assert secret not in dump
    assert token not in caplog.text
    assert "Dit mag niemand lezen" not in caplog.text
    if db.engine.dialect.name == "sqlite":
        file = Path(str(db.engine.url.database))
        raw = b"".join(p.read_bytes() for p in file.parent.glob(f"{file.name}*") if p.suffix != ".template")
        assert b"Dit mag niemand lezen" not in raw
        with closing_of(sqlite3.connect(file)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_was_answered_before_closing_is_gone_from_the_file_unless_it_was_sent(
    make: SimpleNamespace, whole_app: Any
) -> None:
    factory = make.surveys_fieldwork
    wave = factory.fielding_wave(2)
    one, two = factory.invitations(wave)
    factory.answer(
        one, {"use": {"use": ["never"]}, "why_not": {"why_not": ["Dit is verstuurd"]}, "mark": {"mark": ["1"]}}
    )
    factory.answer(two, {"use": {"use": ["never"]}, "why_not": {"why_not": ["Dit bleef liggen"]}}, send=False)
    sealed = [r.payload for r in db.session.scalars(select(SealedResponse))]
    factory.close(wave)
    dump = "\n".join(str(row) for rows in backup().values() for row in rows)
    assert "Dit is verstuurd" in dump
    assert "Dit bleef liggen" not in dump
    if db.engine.dialect.name == "sqlite":
        db.session.remove()
        file = Path(str(db.engine.url.database))
        raw = b"".join(p.read_bytes() for p in (file, Path(f"{file}-wal")) if p.exists())
        assert not any(payload[:64] in raw for payload in sealed)
