"""The gate: can anything that is withheld be bounded more tightly than its protection allows?"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.arrays import BoolArray, FloatArray, require_length
from analysis.disclosure.intervals import Knowledge, cell_extremes, knowledge_of
from analysis.disclosure.linking import LinkedTables
from analysis.disclosure.thresholds import Protection

_TOLERANCE = 1e-6
_LOW_BAND = 0.05
_HIGH_BAND = 0.95


class Finding(StrEnum):
    """What an attacker learns about a cell."""

    SAFE = "safe"
    TOO_NARROW = "too_narrow"
    """Bounded more tightly than the protection allows."""
    EXACT = "exact"
    """Known to the unit although it was to be withheld."""


@dataclass(frozen=True)
class AuditedCell:
    """One cell with the interval in which an attacker knows it to lie, and the protection asked."""

    index: int
    name: str
    value: float
    low: float
    high: float
    width_asked: float
    finding: Finding


@dataclass(frozen=True)
class Audit:
    """All cells that ask protection, with full intervals also the others that are hidden."""

    cells: tuple[AuditedCell, ...]

    @property
    def exposed(self) -> tuple[AuditedCell, ...]:
        """Cells that stop the publication."""
        return tuple(cell for cell in self.cells if cell.finding is not Finding.SAFE)

    @property
    def is_safe(self) -> bool:
        """True when nothing stops the publication."""
        return not self.exposed


def audit(
    linked: LinkedTables,
    hidden: BoolArray,
    protection: Protection,
    *,
    known: Knowledge | None = None,
    whole_numbers: bool = False,
    full_intervals: bool = True,
) -> Audit:
    """Bound every hidden cell from all that is published, and judge it by its protection.

    Parameters
    ----------
    hidden : (c,) bool array
        Cells that nobody sees (`Suppression.hidden`); the others are known exactly unless `known` says less.
    protection : Protection
        What has to stay uncertain.
    known : Knowledge, optional
        What is known beforehand instead, e.g. `rounded_knowledge`.
    whole_numbers : bool
        The attacker uses that counts are integers too. Without it the intervals are at least as wide.
    full_intervals : bool
        False stops at a cell as soon as it is seen to be protected: much faster in large linked tables; intervals
        of safe cells are then at least as wide as reported. Those of exposed cells are always exact.

    Raises
    ------
    DisclosureError
        knowledge_contradicts.
    InputError
        wrong_length.

    References
    ----------
    Fischetti, M. & Salazar, J. J. (2001). Management Science 47(7), 1008-1027, section 2. Hundepool, A. et al.
    (2012). Statistical Disclosure Control, Wiley, ch. 4.
    """
    require_length("hidden", hidden, len(linked.names))
    seen = knowledge_of(linked.values, hidden) if known is None else known
    targets = np.flatnonzero((hidden & full_intervals) | protection.is_asked)
    value = linked.values[targets]

    def enough(low: FloatArray, high: FloatArray) -> BoolArray:
        return ~protection.is_short(targets, value, low, high)

    stop = None if full_intervals else enough
    found = cell_extremes(linked.relations, seen, targets, whole_numbers=whole_numbers, enough=stop)
    is_short = ~enough(found.low, found.high)
    findings = np.where(is_short, np.where(found.high - found.low < _TOLERANCE, "exact", "too_narrow"), "safe")
    return Audit(
        tuple(
            AuditedCell(int(i), linked.names[i], float(v), float(low), float(high), float(width), Finding(finding))
            for i, v, low, high, width, finding in zip(
                targets, value, found.low, found.high, protection.width[targets], findings, strict=True
            )
        )
    )


def rounded_knowledge(
    linked: LinkedTables,
    hidden: BoolArray,
    *,
    unit: float = 0.01,
    slack: float = 0.5,
    banded: BoolArray | None = None,
) -> Knowledge:
    """Return what somebody knows who sees bases exactly, but shares rounded, and extreme ones as a band.

    A share printed as p units over a base of n answers means a count between n (p - slack) unit and
    n (p + slack) unit, and it is a whole number. A band means under 5 % or over 95 % of n.
    This is for unweighted shares. Weighted ones say less about the counts: there the exact audit is the safe one.

    Parameters
    ----------
    hidden : (c,) bool array
        Cells that nobody sees. A share whose base is hidden says nothing about its count but that it is smaller.
    unit : float
        Step of the printed shares (0.01: whole percentages).
    slack : float
        Half a unit for ordinary rounding; 1 when shares were made to add up (`round_to_total`).
    banded : (c,) bool array, optional
        Cells printed as a band when extreme; default none.
    """
    base = linked.values[linked.base_of]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(base > 0, linked.values / base, 0.0)
    printed = np.floor(share / unit + 0.5)
    low = np.ceil(base * (printed - slack) * unit - _TOLERANCE)
    high = np.floor(base * (printed + slack) * unit + _TOLERANCE)
    if banded is not None:
        low, high = _coarsen(base, share, banded, low, high)
    is_share = ~linked.is_base & ~hidden
    low = np.where(is_share, np.clip(low, 0.0, linked.values), np.where(hidden, 0.0, linked.values))
    high = np.where(is_share, np.clip(high, linked.values, base), np.where(hidden, np.inf, linked.values))
    blind = is_share & hidden[linked.base_of]
    return Knowledge(np.where(blind, 0.0, low), np.where(blind, np.inf, high))


def _coarsen(
    base: FloatArray, share: FloatArray, banded: BoolArray, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    is_low, is_high = banded & (share < _LOW_BAND), banded & (share > _HIGH_BAND)
    lows = np.where(is_low, 0.0, np.where(is_high, np.floor(base * _HIGH_BAND) + 1, low))
    highs = np.where(is_low, np.ceil(base * _LOW_BAND) - 1, np.where(is_high, base, high))
    return lows, highs
