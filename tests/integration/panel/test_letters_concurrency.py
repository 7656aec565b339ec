"""Nobody gets a letter twice, however many ask for it at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from types import SimpleNamespace

import pytest
from flask import Flask

from core import clock
from core.actor import SYSTEM, acting
from core.db import db
from core.errors import DomainError
from panel.models import LetterBatch, PrintedLetter, RecruitmentRound
from panel.services import recruitment, recruitment_letters

FIRST, SECOND = 1, 2
WEEK = timedelta(days=7)
ONE_OF_FOUR = ["blocked", "blocked", "blocked", "won"]


@pytest.fixture
def ready(ready: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The product itself asks."""
    with acting(SYSTEM):
        yield ready


def at_once(app: Flask, n: int, act: Callable[[], object]) -> list[str]:
    """Do it so many times at the same moment, each in a session of its own; returns how each ended."""
    start = Barrier(n)
    db.session.commit()

    def attempt(_n: int) -> str:
        with app.app_context(), acting(SYSTEM):
            start.wait(timeout=10)
            try:
                act()
                db.session.commit()
            except DomainError as error:
                db.session.rollback()
                return error.code
            finally:
                db.session.remove()
            return "won"

    with ThreadPoolExecutor(n) as pool:
        return sorted(pool.map(attempt, range(n)))


def print_round(number: int, issue: int) -> object:
    """Print the letters of a round, read anew."""
    return recruitment_letters.print_letters(db.session.get_one(RecruitmentRound, number), issue)


def test_no_letter_twice_when_four_ask_at_once(app: Flask, ready: SimpleNamespace, small_batches: None) -> None:
    made = ready.panel.recruitment_round(persons=7)
    number = made.id
    assert at_once(app, 4, lambda: print_round(number, FIRST)) == ONE_OF_FOUR
    rows = db.session.scalars(db.select(PrintedLetter.sample_person_id)).all()
    assert len(rows) == len(set(rows)) == 7


def test_no_second_letter_twice_when_four_ask_at_once(app: Flask, ready: SimpleNamespace) -> None:
    made = ready.panel.recruitment_round(persons=3)
    number, on = made.id, made.letter_on + timedelta(days=7)
    recruitment.plan_second_letter(made, on)
    recruitment_letters.print_letters(made, FIRST)
    with clock.travel(clock.now() + WEEK):
        assert at_once(app, 4, lambda: print_round(number, SECOND)) == ONE_OF_FOUR
    assert db.session.scalar(db.select(db.func.count()).select_from(PrintedLetter).filter_by(issue=SECOND)) == 3


def test_batch_is_not_reprinted_twice_when_four_ask_at_once(app: Flask, ready: SimpleNamespace) -> None:
    made = ready.panel.recruitment_round(persons=2)
    (batch,) = recruitment_letters.print_letters(made, FIRST)
    again = partial(db.session.get_one, LetterBatch, batch.id)
    assert at_once(app, 4, lambda: recruitment_letters.print_again(again(), "nat geworden")) == ONE_OF_FOUR
    assert sorted(db.session.scalars(db.select(LetterBatch.printing))) == [1, 2]
