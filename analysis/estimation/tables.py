"""Tests of association in two-way tables of weighted answers: Rao-Scott and Wald."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from analysis.arrays import BoolArray, FloatArray, IntArray, as_codes, require_count, require_length
from analysis.errors import EstimationError
from analysis.estimation.chi_squared_sums import chi_squared_sum_saddlepoint, chi_squared_sum_tail
from analysis.estimation.design import Design
from analysis.estimation.linearization import require_codes
from analysis.estimation.wald import HypothesisTest, f_test, solve_hypothesis

_NO_VARIANCE = 1e-10


class TableStatistic(StrEnum):
    """Which test of association: named as in R's svychisq."""

    F = "F"
    CHI_SQUARED = "Chisq"
    WALD = "Wald"
    ADJUSTED_WALD = "adjWald"
    LINEAR_COMBINATION = "lincom"
    SADDLEPOINT = "saddlepoint"


@dataclass(frozen=True, eq=False)
class TableTest(HypothesisTest):
    """A test of association in an (R, C) table.

    Attributes
    ----------
    method : TableStatistic
    shares : (R, C) array
        Weighted cell shares, adding up to 1.
    pearson : float
        Pearson's X-squared of those shares times `base`.
    design_effects : ((R - 1)(C - 1),) array
        Generalized design effects, largest first: 1 each under simple random sampling.
    base : int
        Respondents with both answers.
    n_empty_cells : int
        Cells in which nobody fell; with many of them, merge categories first.
    """

    method: TableStatistic
    shares: FloatArray
    pearson: float
    design_effects: FloatArray
    base: int
    n_empty_cells: int


@dataclass(frozen=True, eq=False)
class _Table:
    """What every statistic starts from: cells in row-major order, indicators (n, R C) and their sums of weights."""

    design: Design
    indicators: FloatArray
    counts: FloatArray
    base: int
    degrees_of_freedom: int

    @property
    def expected(self) -> FloatArray:
        return np.asarray(np.outer(self.counts.sum(axis=1), self.counts.sum(axis=0)) / self.counts.sum())

    @property
    def shares(self) -> FloatArray:
        return np.asarray(self.counts / self.counts.sum())

    @property
    def pearson(self) -> float:
        return float(self.base * ((self.counts - self.expected) ** 2 / self.expected).sum() / self.counts.sum())


def table_test(
    design: Design,
    rows: ArrayLike,
    columns: ArrayLike,
    n_rows: int,
    n_columns: int,
    *,
    method: TableStatistic = TableStatistic.F,
) -> TableTest:
    """Test whether two categorical variables are independent in the population.

    Rao-Scott statistics correct Pearson's X^2 for the design by the eigenvalues d of
    (C' D^-1 C / n)^-1 C' D^-1 V D^-1 C, with D the diagonal of cell shares, V their covariance, and C the
    interaction contrasts made orthogonal to the main effects:

    - `F` (default; second order): X^2 / sum d against F(k, k nu), k = (sum d)^2 / sum d^2;
    - `Chisq` (first order): X^2 / mean d against chi-squared((R - 1)(C - 1));
    - `lincom`: X^2 against sum d_i X_i / (Y / (k nu)), chi-squared X_i (1) and Y (k nu, rounded down as in R), by
      exact inversion (R prints its saddlepoint approximation here when it has no package for exact sums);
    - `saddlepoint`: the same distribution, approximated;
    - `Wald`: residuals N_ij - N_i. N_.j / N with their linearized covariance, against F((R - 1)(C - 1), nu);
    - `adjWald`: that times (nu - m + 1) / nu, m = (R - 1)(C - 1), against F(m, nu - m + 1).

    nu: sampling units minus strata among those with both answers. Empty cells count with 1/share = 0.

    Parameters
    ----------
    design : Design
    rows, columns : (n,) integer arrays
        0..n_rows-1 and 0..n_columns-1; -1 is no answer, or outside the domain.
    n_rows, n_columns : int
        At least 2.
    method : TableStatistic

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, code_out_of_range, invalid_value (fewer than 2 categories).
    EstimationError
        no_rows (nobody gave both answers); empty_category (a row or column without respondents: leave it out);
        no_degrees_of_freedom; dependent_hypotheses (a variable of the table is calibrated, or cells too empty).

    References
    ----------
    Rao, J. N. K. & Scott, A. J. (1984). On chi-squared tests for multiway contingency tables with cell proportions
    estimated from survey data. Annals of Statistics 12(1), 46-60. Thomas, D. R. & Rao, J. N. K. (1987).
    Small-sample comparisons of level and power for simple goodness-of-fit statistics under cluster sampling.
    JASA 82, 630-636. Koch, G. G., Freeman, D. H. & Freeman, J. L. (1975). Strategies in the multivariate analysis
    of data from complex surveys. International Statistical Review 43, 59-78.
    """
    table = _tabulate(design, rows, columns, n_rows, n_columns)
    effects = _design_effects(table)
    if method in (TableStatistic.WALD, TableStatistic.ADJUSTED_WALD):
        test = _wald(table, is_adjusted=method is TableStatistic.ADJUSTED_WALD)
    else:
        test = _rao_scott(table.pearson, effects, table.degrees_of_freedom, method)
    return TableTest(
        statistic=test.statistic,
        numerator_df=test.numerator_df,
        denominator_df=test.denominator_df,
        p_value=test.p_value,
        method=method,
        shares=table.shares,
        pearson=table.pearson,
        design_effects=effects,
        base=table.base,
        n_empty_cells=int(np.count_nonzero(table.counts == 0)),
    )


def _tabulate(design: Design, rows: ArrayLike, columns: ArrayLike, n_rows: int, n_columns: int) -> _Table:
    r, is_row = _categories("rows", rows, n_rows, design.n)
    c, is_column = _categories("columns", columns, n_columns, design.n)
    answered = is_row & is_column & (design.weights != 0)
    if not answered.any():
        raise EstimationError("no_rows", name="rows")
    cell = np.where(answered, r * n_columns + c, -1)
    indicators = (cell[:, None] == np.arange(n_rows * n_columns)).astype(np.float64)
    counts = (design.weights @ indicators).reshape(n_rows, n_columns)
    for name, sums in (("rows", counts.sum(axis=1)), ("columns", counts.sum(axis=0))):
        empty = np.flatnonzero(sums == 0)
        if empty.size:
            raise EstimationError("empty_category", name=name, category=int(empty[0]))
    df = design.degrees_of_freedom(answered)
    if df < 1:
        raise EstimationError("no_degrees_of_freedom", needed=1, available=df)
    return _Table(design, indicators, counts, int(np.count_nonzero(answered)), df)


def _categories(name: str, codes: ArrayLike, n_categories: int, n: int) -> tuple[IntArray, BoolArray]:
    given = as_codes(name, codes, 1)
    require_length(name, given, n)
    require_count(f"n_{name}", n_categories, at_least=2)
    require_codes(name, given, n_categories)
    return given, given >= 0


def _design_effects(table: _Table) -> FloatArray:
    shares = table.shares.ravel()
    influence = (table.indicators - table.indicators.sum(axis=1, keepdims=True) * shares) / table.counts.sum()
    covariance = table.design.covariance(influence)
    contrasts = _interaction_contrasts(*table.counts.shape)
    scaled = np.divide(contrasts, shares[:, None], out=np.zeros_like(contrasts), where=shares[:, None] > 0)
    srs = contrasts.T @ scaled / table.base
    if np.linalg.matrix_rank(srs, hermitian=True) < srs.shape[0]:
        raise EstimationError("dependent_hypotheses", rank=int(np.linalg.matrix_rank(srs)), needed=srs.shape[0])
    half = np.linalg.inv(np.linalg.cholesky(srs))
    effects = np.linalg.eigvalsh(half @ scaled.T @ covariance @ scaled @ half.T)[::-1]
    if effects[0] < _NO_VARIANCE:
        raise EstimationError("dependent_hypotheses", rank=0, needed=effects.shape[0])
    # rounding may leave an eigenvalue of 0 a little below it
    return np.asarray(np.maximum(effects, 0.0))


def _interaction_contrasts(n_rows: int, n_columns: int) -> FloatArray:
    """Return orthonormal contrasts (R C, (R - 1)(C - 1)), free of the main effects."""
    return np.asarray(np.kron(_centred_basis(n_rows), _centred_basis(n_columns)), dtype=np.float64)


def _centred_basis(n: int) -> FloatArray:
    basis, _ = np.linalg.qr(np.column_stack([np.ones(n), np.eye(n)[:, 1:]]))
    return np.asarray(basis[:, 1:], dtype=np.float64)


def _rao_scott(pearson: float, effects: FloatArray, df: int, method: TableStatistic) -> HypothesisTest:
    total = float(effects.sum())
    k = total**2 / float((effects**2).sum())
    if method is TableStatistic.F:
        return f_test(pearson / total, k, k * df)
    if method is TableStatistic.CHI_SQUARED:
        m = effects.shape[0]
        return HypothesisTest(pearson, float(m), np.inf, float(chdtrc(m, m * pearson / total)))
    tail = chi_squared_sum_tail if method is TableStatistic.LINEAR_COMBINATION else chi_squared_sum_saddlepoint
    # whole degrees of freedom, as R counts them; k of one contrast is 1 but for rounding
    denominator = np.floor(k * df * (1 + 1e-12))
    weights = np.append(effects, -pearson / (k * df))
    p_value = tail(0.0, weights, np.append(np.ones_like(effects), denominator))
    return HypothesisTest(pearson, float(effects.shape[0]), k * df, p_value)


def _wald(table: _Table, *, is_adjusted: bool) -> HypothesisTest:
    n_rows, n_columns = table.counts.shape
    in_row = table.indicators.reshape(-1, n_rows, n_columns).sum(axis=2)
    in_column = table.indicators.reshape(-1, n_rows, n_columns).sum(axis=1)
    total, row_shares, column_shares = table.counts.sum(), table.shares.sum(axis=1), table.shares.sum(axis=0)
    expected = in_row[:, :, None] * column_shares + row_shares[:, None] * in_column[:, None, :]
    answered = table.indicators.sum(axis=1)[:, None, None]
    influence = (
        table.indicators.reshape(-1, n_rows, n_columns) - expected + answered * np.outer(row_shares, column_shares)
    )
    # the last row and column follow from the others
    free = influence[:, :-1, :-1].reshape(-1, (n_rows - 1) * (n_columns - 1)) / total
    residuals = ((table.counts - table.expected) / total)[:-1, :-1].ravel()
    m, df = residuals.shape[0], table.degrees_of_freedom
    statistic = solve_hypothesis(residuals, table.design.covariance(free)) / m
    if not is_adjusted:
        return f_test(statistic, m, df)
    return f_test(statistic * (df - m + 1) / df, m, df - m + 1)
