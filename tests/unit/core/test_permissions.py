"""The registry of permissions: each name is given once, nobody but the system may do what no predicate grants."""

import pytest

from core import permissions
from core.actor import SYSTEM, Actor, acting
from core.errors import NotPermittedError

MEMBER = Actor(kind="member", ref="1")


def _never(_actor: Actor, _thing: object) -> bool:
    return False


def _own(actor: Actor, thing: object) -> bool:
    return actor.ref == thing


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry of two names, so that the product's own stays as it is."""
    monkeypatch.setattr(permissions, "_map", {})
    permissions.register({"trial.read": (_never, _own), "trial.write": (_never,)})


def test_one_predicate_that_holds_is_enough() -> None:
    assert permissions.permitted("trial.read", "1", MEMBER)
    assert not permissions.permitted("trial.read", "2", MEMBER)


def test_what_nobody_is_granted_is_for_the_system_alone() -> None:
    assert not permissions.permitted("trial.write", None, MEMBER)
    assert permissions.permitted("trial.write", None, SYSTEM)


def test_unknown_permission_is_an_error_and_no_denial() -> None:
    with pytest.raises(KeyError):
        permissions.permitted("trial.unheard_of", None, MEMBER)


def test_same_name_with_another_meaning_is_refused() -> None:
    permissions.register({"trial.write": (_never,)})
    with pytest.raises(ValueError, match=r"trial\.write is registered twice"):
        permissions.register({"trial.write": (_own,)})


def test_require_refuses_by_exception() -> None:
    with acting(MEMBER):
        permissions.require("trial.read", "1")
        with pytest.raises(NotPermittedError):
            permissions.require("trial.read", "2")
