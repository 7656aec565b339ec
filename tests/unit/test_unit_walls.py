"""The walls around unit tests stand."""

import socket

import pytest
from sqlalchemy import text

from core.db import db
from tests.unit.conftest import ReachedOutError


def test_unit_test_cannot_open_the_network() -> None:
    with socket.socket() as connection, pytest.raises(ReachedOutError):
        connection.connect(("127.0.0.1", 9))


def test_unit_test_cannot_reach_the_database() -> None:
    with pytest.raises(ReachedOutError):
        db.session.execute(text("SELECT 1"))
