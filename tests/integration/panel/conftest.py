"""What nearly every test of the panel starts from."""

from types import SimpleNamespace
from typing import Any

import pytest

from core.models import Role
from panel.models import Member
from panel.services import recruitment_letters
from tests.conftest import CheckingClient


@pytest.fixture
def ready(make: SimpleNamespace) -> SimpleNamespace:
    """A municipality with its settings filled in and its figures loaded."""
    make.core.complete_settings()
    make.panel.figures()
    return make


@pytest.fixture
def member(ready: SimpleNamespace) -> Member:
    """An active member."""
    made: Member = ready.panel.member(first_name="An", last_name="Zeldzaam", email="an@voorbeeld.example")
    return made


@pytest.fixture
def clerk(ready: SimpleNamespace, client: CheckingClient, sign_in_staff: Any) -> CheckingClient:
    """A browser with somebody of the griffie behind it."""
    sign_in_staff(client, ready.core.account(Role.CLERK))
    return client


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters leave the press two at a time, so that a few make several batches."""
    monkeypatch.setattr(recruitment_letters, "BATCH", 2)
