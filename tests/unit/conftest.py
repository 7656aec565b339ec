"""Unit tests reach no database and no network."""

import socket
from typing import Any

import pytest

from core.db import db


class ReachedOutError(AssertionError):
    """A unit test touched the database or the network."""


@pytest.fixture(autouse=True)
def _inside_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_kwargs: Any) -> Any:
        raise ReachedOutError("unit tests reach no database and no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(db.session, "registry", refuse)
