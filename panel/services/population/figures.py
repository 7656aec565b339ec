"""What the readers of files hand over: areas with their counts, and the cells these came from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from panel.services.population.reading import Faults

GM_CODE = re.compile(r"^GM\d{4}$")
AREA_CODE = re.compile(r"^(GM\d{4}|WK\d{6}|BU\d{8})$")
LEVELS = {"GM": "municipality", "WK": "district", "BU": "neighbourhood"}
WHOLE = re.compile(r"^\d+$")
# what Statistics Netherlands writes for a figure that it keeps secret or does not have
NO_FIGURE = frozenset({"", "."})
WHOLE_NUMBER = "Dit moet een geheel getal zijn, zonder punt, komma of minteken."
NEGATIVE = "Een aantal kan niet kleiner zijn dan nul."
DECIMAL = "Een aantal is een geheel getal. Staat hier een percentage, of is een kolom opgeschoven?"


@dataclass
class Place:
    """One area of a file with its counts by (variable, category), and the columns they stood in."""

    line: int
    code: str
    name: str
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def level(self) -> str:
        """Municipality, district or neighbourhood."""
        return LEVELS[self.code[:2]]

    def parent(self) -> str:
        """The code of the area this one is part of."""
        return {"WK": "GM" + self.code[2:6], "BU": "WK" + self.code[2:8]}.get(self.code[:2], "")


@dataclass(frozen=True)
class ReadFigures:
    """A file that was read without faults."""

    reference: date
    source: str
    places: tuple[Place, ...]
    remarks: tuple[str, ...] = ()

    def of(self, level: str) -> Iterator[Place]:
        """The areas of one level."""
        return (place for place in self.places if place.level == level)


def whole_number(text: str, line: int, column: str, faults: Faults) -> int | None:
    """The count in a cell; None without a figure and for a fault, which is noted."""
    value = text.strip()
    if value in NO_FIGURE:
        return None
    if WHOLE.match(value):
        return int(value)
    message = (
        NEGATIVE if value.startswith(("-", "−")) else DECIMAL if re.match(r"^\d+[.,]\d+$", value) else WHOLE_NUMBER
    )
    faults.add(line, column, value, message)
    return None
