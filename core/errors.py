"""Domain errors: a code and parameters; the Dutch words are made at the border, the default reveals nothing."""

from dataclasses import dataclass, field
from typing import Any


class DomainError(Exception):
    """Something the product refuses. `code` names why, `params` carry what a message needs."""

    status = 400

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class NotPermittedError(DomainError):
    """The actor may not do this; shown as 404 where the object itself is secret."""

    status = 403


class NotFoundError(DomainError):
    """The thing does not exist, or not for this visitor."""

    status = 404


class ConflictError(DomainError):
    """Somebody else changed the thing in the meantime."""

    status = 409


@dataclass(frozen=True)
class Blocker:
    """One thing that is still missing before a transition, in plain Dutch, with the place to mend it."""

    code: str
    message: str
    endpoint: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    anchor: str = ""


class BlockedError(DomainError):
    """A transition whose gates do not hold; carries everything that is missing."""

    status = 409

    def __init__(self, blockers: list[Blocker]) -> None:
        super().__init__("blocked", blockers=blockers)
        self.blockers = blockers


class TransitionError(DomainError):
    """The state table has no such edge."""

    status = 409


@dataclass(frozen=True)
class RowError:
    """One fault in an imported file: line and column as a person counts them, and what was expected."""

    line: int
    column: str
    value: str
    message: str


class ImportRefusedError(DomainError):
    """A file that was refused as a whole; carries every fault found."""

    def __init__(self, errors: list[RowError]) -> None:
        super().__init__("import-refused", errors=errors)
        self.errors = errors
