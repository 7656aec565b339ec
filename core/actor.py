"""Who acts: set at the edge (view, CLI, worker), read by services for permissions and the audit log."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Actor:
    """The acting person or program. `roles` and `bodies` hold values; `account_id` only for staff."""

    kind: str = "system"  # system | visitor | member | staff | outside
    ref: str = ""
    account_id: int | None = None
    member_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    bodies: frozenset[int] = field(default_factory=frozenset)
    origin: str = ""

    def has_role(self, *roles: str) -> bool:
        """Whether the actor has one of the roles; the system itself has all."""
        return self.kind == "system" or bool(self.roles & set(roles))


SYSTEM = Actor()
_current: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)


def current() -> Actor:
    """The acting person or program of this context."""
    return _current.get()


def set_actor(actor: Actor) -> None:
    """Set the actor of this context (once per request, at the edge)."""
    _current.set(actor)


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Act as somebody for the length of a block (CLI, worker, demonstration, tests)."""
    token = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(token)
