"""Limits hold over threads, survive rollbacks and tell nobody whom they count."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock, rate_limit
from core.db import db
from core.models import RateEvent
from core.rate_limit import Limit, TooManyAttemptsError

LIMIT = Limit("test", "iemand@voorbeeld.example", 5, timedelta(minutes=15))


def test_forty_parallel_attempts_pass_exactly_the_limit(app: Flask) -> None:
    passed: list[bool] = []
    faults: list[BaseException] = []

    def attempt() -> None:
        with app.app_context():
            for _ in range(5):
                try:
                    rate_limit.count(LIMIT)
                    passed.append(True)
                except TooManyAttemptsError:
                    passed.append(False)
                except BaseException as error:
                    faults.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(passed) == 40
    assert passed.count(True) == 5


def test_counted_attempt_stays_when_the_request_is_rolled_back(app: Flask) -> None:
    rate_limit.count(LIMIT)
    db.session.rollback()
    assert db.session.scalars(select(RateEvent)).all()


def test_period_passes_and_success_forgives(app: Flask) -> None:
    for _ in range(5):
        rate_limit.count(LIMIT)
    with pytest.raises(TooManyAttemptsError):
        rate_limit.count(LIMIT)
    with clock.travel(clock.now() + timedelta(minutes=16)):
        rate_limit.count(LIMIT)
    rate_limit.forgive(LIMIT)
    db.session.commit()
    rate_limit.count(LIMIT)


def test_second_full_limit_does_not_use_up_the_first(app: Flask) -> None:
    full = Limit("other", "x", 0, timedelta(minutes=1))
    with pytest.raises(TooManyAttemptsError):
        rate_limit.count(LIMIT, full)
    assert not db.session.scalars(select(RateEvent)).all()


def test_bucket_and_row_hold_no_address_and_old_rows_go(app: Flask) -> None:
    rate_limit.count(LIMIT)
    assert "iemand" not in db.session.scalars(select(RateEvent.bucket)).one()
    with clock.travel(clock.now() + timedelta(days=3)):
        rate_limit.drop_old()
        db.session.commit()
    assert not db.session.scalars(select(RateEvent)).all()
