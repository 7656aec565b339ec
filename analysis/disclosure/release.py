"""What may be shown: thresholds on the base, whole breakdowns, coarsened shares, rounding that adds up."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray, as_floats, as_numbers, require_count
from analysis.errors import InputError


@dataclass(frozen=True)
class ReleaseRule:
    """Thresholds of publication.

    A group is shown from `full_base` answers; from `floor` answers when the half-width of its interval is at
    most `max_half_width` (a share, 0-1); under `floor` never.
    """

    floor: int = 10
    full_base: int = 30
    max_half_width: float = 0.10


class Verdict(StrEnum):
    """Whether a group is shown, and if not why."""

    SHOWN = "shown"
    TOO_FEW = "too_few"
    TOO_UNCERTAIN = "too_uncertain"


class ShareBand(StrEnum):
    """How a share in a breakdown is printed."""

    BELOW = "below"
    """Less than 5 %."""
    EXACT = "exact"
    ABOVE = "above"
    """More than 95 %."""


@dataclass(frozen=True)
class BreakdownVerdict:
    """Verdict on each group of a breakdown; it is shown whole or not at all."""

    groups: tuple[Verdict, ...]

    @property
    def is_shown(self) -> bool:
        """True when every group may be shown."""
        return all(group is Verdict.SHOWN for group in self.groups)


DEFAULT_RULE = ReleaseRule()


def judge_base(base: int, half_width: float, rule: ReleaseRule = DEFAULT_RULE) -> Verdict:
    """Return whether a group of `base` answers may be shown, given the half-width of its widest interval.

    `half_width` is a share (0.10 = 10 points); NaN counts as unknown, hence too uncertain.
    """
    # turned round, so that a base that is not a number is never shown
    if not base >= rule.floor:
        return Verdict.TOO_FEW
    if base >= rule.full_base or half_width <= rule.max_half_width:
        return Verdict.SHOWN
    return Verdict.TOO_UNCERTAIN


def judge_breakdown(bases: ArrayLike, half_widths: ArrayLike, rule: ReleaseRule = DEFAULT_RULE) -> BreakdownVerdict:
    """Judge all groups of a breakdown by one class: one group under the threshold withholds the whole.

    A single withheld group could be recomputed from the total and the other groups.

    Parameters
    ----------
    bases : (D,) or (D, q) array
        Answers per group; of several items the smallest counts.
    half_widths : (D,) or (D, q) array
        Half-widths of the intervals; of several items the largest counts.

    Raises
    ------
    InputError
        wrong_length, when the two do not describe the same groups; not_numeric; invalid_value.
    """
    n = as_numbers("bases", bases)
    width = as_numbers("half_widths", half_widths)
    if not (np.isfinite(n) & (n >= 0)).all():
        raise InputError("invalid_value", name="bases", value=n.tolist(), reason="must be finite and >= 0")
    if n.shape != width.shape or n.ndim == 0:
        raise InputError("wrong_length", name="half_widths", expected=n.shape, got=width.shape)
    smallest = n.reshape(n.shape[0], -1).min(axis=1)
    widest = width.reshape(n.shape[0], -1).max(axis=1)
    return BreakdownVerdict(tuple(judge_base(int(b), float(w), rule) for b, w in zip(smallest, widest, strict=True)))


def band_shares(shares: ArrayLike, *, low: float = 0.05, high: float = 0.95) -> tuple[ShareBand, ...]:
    """Return for each share (k,) of a breakdown whether it is printed exactly or as under 5 / over 95 %."""
    values = as_floats("shares", shares, 1)
    return tuple(
        ShareBand.BELOW if share < low else ShareBand.ABOVE if share > high else ShareBand.EXACT for share in values
    )


def round_to_total(values: ArrayLike, total: int = 100) -> IntArray:
    """Round non-negative `values` (k,) to integers that add up to `total` (largest remainder, Hamilton).

    Equal remainders go to the earlier entry. Values need not add up to `total`: they are scaled first.

    Parameters
    ----------
    values : (k,) array
        Shares or counts.
    total : int
        100 gives whole percentages that add up to 100, 1000 gives tenths of a percent.

    Raises
    ------
    InputError
        no_rows, invalid_value (negative or not finite, or nothing to divide).

    References
    ----------
    Balinski, M. & Young, H. P. (2001). Fair Representation, 2nd ed. Brookings, appendix A.
    """
    require_count("total", total, at_least=0)
    v = as_floats("values", values, 1)
    if v.shape[0] == 0:
        raise InputError("no_rows", name="values")
    if not _is_divisible(v):
        raise InputError("invalid_value", name="values", value=v.tolist(), reason="must be >= 0, with a sum > 0")
    exact: FloatArray = v * (total / v.sum())
    floors: IntArray = np.floor(exact).astype(np.int64)
    # remainders that differ only by arithmetic are equal
    order = np.argsort(-np.round(exact - floors, 9), kind="stable")
    floors[order[: total - int(floors.sum())]] += 1
    return floors


def _is_divisible(values: FloatArray) -> bool:
    valid: BoolArray = np.isfinite(values) & (values >= 0)
    return bool(valid.all() and values.sum() > 0)
