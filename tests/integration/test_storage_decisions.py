"""The wrong use of each storage decision fails."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from core import audit, clock
from core.db import db
from core.models import RateEvent


def test_naive_instant_is_refused(app: Flask) -> None:
    db.session.add(RateEvent(bucket="x", at=datetime(2026, 1, 1)))  # noqa: DTZ001  # the wrong use under test
    with pytest.raises(StatementError, match="naive"):
        db.session.flush()


def test_instant_comes_back_aware(app: Flask) -> None:
    moment = clock.now()
    db.session.add(RateEvent(bucket="x", at=moment))
    db.session.commit()
    db.session.expire_all()
    stored = db.session.query(RateEvent).one().at
    assert stored == moment
    assert stored.tzinfo is not None


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"])
def test_audit_log_refuses_change(app: Flask, statement: str) -> None:
    audit.record("test.act", "thing", "1")
    db.session.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(statement))
