"""Reading a TOML file strictly: every key is asked for by its kind, and a key that nobody asked for is a fault."""

from collections.abc import Sequence
from typing import Any

from feedback.analyst.faults import suggestion

_MISSING: Any = object()


class Section:
    """One table of the file; faults of all sections gather in one list."""

    def __init__(self, path: str, content: dict[str, Any], faults: list[str]) -> None:
        self.path = path
        self.content = content
        self.faults = faults
        self._known: list[str] = []

    def text(self, key: str, default: str = "") -> str:
        """A text."""
        return str(self._typed(key, str, "a text in quotes", default))

    def required(self, key: str) -> str:
        """A text that must be there."""
        value = self.text(key)
        if not value and self.content.get(key, "") == "":
            self.fault(key, "is missing")
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        return bool(self._typed(key, bool, "true or false", default))

    def number(self, key: str, default: float | None = None) -> float | None:
        """A number; None when it is left out."""
        value = self._typed(key, (int, float), "a number", default)
        return None if value is None else float(value)

    def whole(self, key: str, default: int | None = None) -> int | None:
        """A whole number; None when it is left out."""
        value = self._typed(key, int, "a whole number", default)
        return None if value is None else int(value)

    def one_of(self, key: str, allowed: Sequence[str], default: str) -> str:
        """One of some words."""
        value = self.text(key, default)
        if value not in allowed:
            self.fault(key, f"is {value!r}; expected one of {', '.join(allowed)}{suggestion(value, list(allowed))}")
            return default
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._typed(key, list, 'a list of texts, like ["a", "b"]', [])
        if not all(isinstance(item, str) for item in value):
            self.fault(key, 'must be a list of texts, like ["a", "b"]')
            return ()
        return tuple(value)

    def pair(self, key: str) -> tuple[float, float] | None:
        """Two numbers, the lower first."""
        value = self._typed(key, list, "two numbers, like [0.2, 5]", None)
        if value is None:
            return None
        if len(value) != 2 or not all(_is_number(item) for item in value) or not value[0] < value[1]:
            self.fault(key, "must be two numbers, the lower first, like [0.2, 5]")
            return None
        return float(value[0]), float(value[1])

    def section(self, key: str) -> "Section":
        """A table within this one; empty when it is left out."""
        found = self._typed(key, dict, f"a table: [{self._at(key)}]", {})
        return Section(self._at(key), found, self.faults)

    def sections(self, key: str) -> list["Section"]:
        """A list of tables within this one."""
        found = self._typed(key, list, f"a list of tables: [[{self._at(key)}]]", [])
        if not all(isinstance(item, dict) for item in found):
            self.fault(key, f"must be a list of tables: [[{self._at(key)}]]")
            return []
        return [Section(f"{self._at(key)}[{number}]", item, self.faults) for number, item in enumerate(found, 1)]

    def named(self) -> list["Section"]:
        """The tables within this one whose names the writer of the file chose."""
        return [self.section(key) for key in self.content]

    def names(self) -> list[str]:
        """The keys of this table, all of them chosen by the writer of the file."""
        self._known.extend(self.content)
        return list(self.content)

    def close(self) -> None:
        """Name every key that nobody asked for."""
        for key in self.content:
            if key not in self._known:
                known = sorted(set(self._known))
                self.faults.append(
                    f"{self._at(key)} is unknown; known here: {', '.join(known)}{suggestion(key, known)}"
                )

    def fault(self, key: str, reason: str) -> None:
        """Note what is wrong with a key."""
        self.faults.append(f"{self._at(key)} {reason}")

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _typed(self, key: str, kind: Any, expected: str, default: Any) -> Any:
        self._known.append(key)
        value = self.content.get(key, _MISSING)
        if value is _MISSING:
            return default
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault(key, f"must be {expected}")
            return default
        return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
