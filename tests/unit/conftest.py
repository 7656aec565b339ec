"""Unit tests reach no database and no network, and are quick."""

import gc
import socket
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import pytest

from core.db import db

# processor time, so that a busy machine fails nobody; most unit tests take a hundredth of this
MOST_SECONDS = 0.2
_spent: list[float] = []


class ReachedOutError(AssertionError):
    """A unit test touched the database or the network."""


@pytest.fixture(autouse=True)
def _inside_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_kwargs: Any) -> Any:
        raise ReachedOutError("unit tests reach no database and no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(db.session, "registry", refuse)


def _may_compute(item: pytest.Item) -> bool:
    """Whether hypothesis runs the test many times, or the test says that it needs long."""
    return item.get_closest_marker("heavy") is not None or hasattr(getattr(item, "obj", None), "hypothesis")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a unit test that computes too long."""
    # sweeping up after thousands of other tests is no work of this one
    gc.disable()
    began = time.process_time()
    try:
        result = yield
    finally:
        spent = time.process_time() - began
        gc.enable()
    _spent.append(spent)
    if spent > MOST_SECONDS and not _may_compute(item):
        pytest.fail(f"a unit test took {spent:.2f} s of processor time; at most {MOST_SECONDS}", pytrace=False)
    return result


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The median, where the tests ran in this process."""
    if _spent:
        terminalreporter.write_line(f"unit tests: median {median(_spent) * 1000:.1f} ms of processor time")
