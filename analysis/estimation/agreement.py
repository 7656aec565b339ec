"""Agreement of two classifications of the same respondents or answers: Cohen's kappa."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import MISSING, BoolArray, FloatArray, IntArray, as_codes, as_floats, require_count, require_length
from analysis.errors import EstimationError, InputError
from analysis.estimation.design import Design
from analysis.estimation.intervals import mean_interval

_SMALLEST = 1e-12

Credit = Literal["nominal", "linear", "quadratic"]


@dataclass(frozen=True, eq=False)
class Kappa:
    """Agreement beyond chance.

    Attributes
    ----------
    estimate, standard_error : float
        (agreement - expected) / (1 - expected).
    agreement, expected : float
        Share of agreement, with credit for near agreement, observed and if both classified independently.
    table : (k, k) array
        Shares of the pairs: first classification in rows, second in columns.
    base : int
        Pairs of which neither is missing.
    degrees_of_freedom : float
        Infinite for `cohen_kappa`.
    """

    estimate: float
    standard_error: float
    agreement: float
    expected: float
    table: FloatArray
    base: int
    degrees_of_freedom: float

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return estimate -+ t se; not kept below 1, and of width 0 when all agree."""
        found = mean_interval(self.estimate, self.standard_error, self.degrees_of_freedom, level=level)
        return float(found.low), float(found.high)


def cohen_kappa(
    first: ArrayLike, second: ArrayLike, n_categories: int, *, credit: Credit | ArrayLike = "nominal"
) -> Kappa:
    """Estimate the agreement of two coders who coded n answers, each answer counting once.

    se^2 = sum u^2 / n^2 with u as in `survey_kappa`: the large-sample variance of Fleiss, Cohen and Everitt,
    for kappa other than 0 too.

    Parameters
    ----------
    first, second : (n,) integer arrays
        Code 0..n_categories-1 of each answer; -1 is missing.
    n_categories : int
    credit : {"nominal", "linear", "quadratic"} or (k, k) array
        What a pair of codes counts: 1 when equal, else 0, 1 - |i - j|/(k - 1), 1 - (i - j)^2/(k - 1)^2 (the last
        two for ordered codes), or a matrix of own, within 0..1 and 1 on the diagonal.

    Raises
    ------
    InputError
        not_integer, wrong_shape, wrong_length, code_out_of_range, invalid_value, no_rows (no complete pair).
    EstimationError
        kappa_undefined, when chance alone would give full agreement.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20, 37-46; Cohen (1968), Psychological Bulletin 70,
    213-220 (weighted); Fleiss, Cohen & Everitt (1969), Psychological Bulletin 72, 323-327.
    """
    pairs = _pairs(first, second, n_categories)
    found = _linearized(pairs, np.ones(pairs.present.shape[0]), _credits(credit, n_categories))
    return _kappa(found, pairs.base, float(np.sum(found.influence**2)), np.inf)


def survey_kappa(
    design: Design,
    first: ArrayLike,
    second: ArrayLike,
    n_categories: int,
    *,
    credit: Credit | ArrayLike = "nominal",
) -> Kappa:
    """Estimate the agreement that two classifications of all inhabitants would have, from a sample.

    With weighted shares p_ij, credits c_ij and c_i., c_.j their means over the other margin, the linearized value
    of a pair (i, j) is u = [(c_ij - P)(1 - E) - (1 - P)(c_i. + c_.j - 2E)] / (1 - E)^2, P observed and E expected
    agreement; respondents with a missing code stay in the variance with 0.

    Parameters and errors as `cohen_kappa`; `first` and `second` have the length of the design.

    References
    ----------
    Deville (1999), Survey Methodology 25, 193-203 (linearization of functions of totals).
    """
    pairs = _pairs(first, second, n_categories)
    require_length("first", pairs.present, design.n)
    found = _linearized(pairs, design.weights, _credits(credit, n_categories))
    variance = float(design.covariance(found.influence[:, None])[0, 0])
    freedom = design.degrees_of_freedom(pairs.present & (design.weights != 0))
    return _kappa(found, pairs.base, variance, float(freedom))


@dataclass(frozen=True, eq=False)
class _Pairs:
    first: IntArray
    second: IntArray
    present: BoolArray

    @property
    def base(self) -> int:
        return int(np.count_nonzero(self.present))


def _pairs(first: ArrayLike, second: ArrayLike, n_categories: int) -> _Pairs:
    require_count("n_categories", n_categories)
    one, two = as_codes("first", first, 1), as_codes("second", second, 1)
    require_length("second", two, one.shape[0])
    for name, codes in (("first", one), ("second", two)):
        wrong = codes[(codes < MISSING) | (codes >= n_categories)]
        if wrong.size:
            raise InputError("code_out_of_range", name=name, value=int(wrong[0]), last=n_categories - 1)
    present = (one != MISSING) & (two != MISSING)
    if not present.any():
        raise InputError("no_rows", name="first and second together")
    return _Pairs(one, two, present)


def _credits(credit: Credit | ArrayLike, k: int) -> FloatArray:
    apart = np.abs(np.arange(k)[:, None] - np.arange(k)) / max(1, k - 1)
    if isinstance(credit, str):
        named = {"nominal": (apart == 0).astype(np.float64), "linear": 1.0 - apart, "quadratic": 1.0 - apart**2}
        if credit not in named:
            raise InputError("invalid_value", name="credit", value=credit, reason=f"one of {sorted(named)}")
        return np.asarray(named[credit])
    matrix = as_floats("credit", credit, 2)
    fits = matrix.shape == (k, k) and bool(((matrix >= 0) & (matrix <= 1)).all())
    if not (fits and (np.diag(matrix) == 1).all()):
        raise InputError("invalid_value", name="credit", value=matrix.shape, reason="k x k in 0..1, diagonal 1")
    return matrix


@dataclass(frozen=True, eq=False)
class _Linearized:
    agreement: float
    expected: float
    table: FloatArray
    influence: FloatArray


def _linearized(pairs: _Pairs, weights: FloatArray, credit: FloatArray) -> _Linearized:
    k = credit.shape[0]
    i, j, w = pairs.first[pairs.present], pairs.second[pairs.present], weights[pairs.present]
    if not w.sum() > 0:
        raise InputError("invalid_value", name="weights", value=float(w.sum()), reason="their sum must be positive")
    table = np.bincount(i * k + j, weights=w, minlength=k * k).reshape(k, k) / w.sum()
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    agreement, expected = float(np.sum(table * credit)), float(rows @ credit @ columns)
    if not 1.0 - expected > _SMALLEST:
        raise EstimationError("kappa_undefined")
    margins = (credit @ columns)[i] + (rows @ credit)[j] - 2.0 * expected
    spread = (credit[i, j] - agreement) * (1.0 - expected) - (1.0 - agreement) * margins
    influence = np.zeros(pairs.present.shape[0])
    influence[pairs.present] = spread / (1.0 - expected) ** 2 / w.sum()
    return _Linearized(agreement, expected, table, influence)


def _kappa(found: _Linearized, base: int, variance: float, degrees_of_freedom: float) -> Kappa:
    estimate = (found.agreement - found.expected) / (1.0 - found.expected)
    return Kappa(
        estimate, float(np.sqrt(variance)), found.agreement, found.expected, found.table, base, degrees_of_freedom
    )
