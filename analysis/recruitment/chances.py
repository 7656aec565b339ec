"""What a panel lottery means for candidates: the smallest, median and greatest chance, in all and per category."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, as_codes, require_length
from analysis.recruitment.quotas import QuotaFeature, check_codes
from analysis.recruitment.selection import PanelLottery


@dataclass(frozen=True)
class ChanceSummary:
    """Chances of `candidates` who take part in the draw; `expected_seats` is their sum. Without any: 0 throughout."""

    feature: str
    category: str
    candidates: int
    expected_seats: float
    minimum: float
    median: float
    maximum: float


def summarize_chances(
    lottery: PanelLottery, codes: ArrayLike, features: Sequence[QuotaFeature]
) -> tuple[ChanceSummary, ...]:
    """Return the chances of everybody (first, with empty names) and per category, for publication beside the draw.

    Candidates who had to be on the panel or could not be (excluded, housemates, unreachable) are left out.

    Parameters
    ----------
    lottery : PanelLottery
    codes : (N, F) integer array
        The categories that the lottery was made with.
    features : sequence of F QuotaFeature

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, no_rows, code_out_of_range, invalid_value.
    """
    table = as_codes("codes", codes, 2)
    check_codes(table, features)
    require_length("codes", table, lottery.group.shape[0])
    drawn = lottery.group >= 0
    rows = [_summary("", "", lottery.chances, drawn)]
    for column, feature in zip(table.T, features, strict=True):
        for code, category in enumerate(feature.categories):
            rows.append(_summary(feature.name, category, lottery.chances, drawn & (column == code)))
    return tuple(rows)


def _summary(feature: str, category: str, chances: FloatArray, rows: BoolArray) -> ChanceSummary:
    found = chances[rows]
    if not found.size:
        return ChanceSummary(feature, category, 0, 0.0, 0.0, 0.0, 0.0)
    low, middle, high = float(found.min()), float(np.median(found)), float(found.max())
    return ChanceSummary(feature, category, found.size, float(found.sum()), low, middle, high)
