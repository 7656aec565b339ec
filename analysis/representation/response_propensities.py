"""Propensity to respond, by logistic regression on background variables."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.errors import EstimationError, InputError
from analysis.estimation.glm import fit_logistic
from analysis.representation.response_cells import ResponseCells


@dataclass(frozen=True, eq=False)
class ResponsePropensities:
    """Fitted propensities of c cells, and what their errors need.

    Attributes
    ----------
    cells : ResponseCells
    variables : tuple of str
        Variables of the model.
    interactions : tuple of tuples of str
    propensity : (c,) array
        Exactly 0 (or 1) in a category in which nobody (everybody) responded.
    sensitivity : (c, p) array
        Derivative of the propensity to the coefficients, on an orthonormal basis of the model matrix.
    covariance : (p, p) array
        Inverse information of the coefficients on that basis, weights scaled to mean 1.
    """

    cells: ResponseCells
    variables: tuple[str, ...]
    interactions: tuple[tuple[str, ...], ...]
    propensity: FloatArray
    sensitivity: FloatArray
    covariance: FloatArray

    @property
    def mean(self) -> float:
        """Design-weighted mean propensity: the response rate that the model expects."""
        return float(self.propensity @ self.cells.population / self.cells.population.sum())


def fit_propensities(
    cells: ResponseCells,
    variables: Sequence[str] | None = None,
    *,
    interactions: Sequence[Sequence[str]] = (),
) -> ResponsePropensities:
    """Fit logit P(respond) on main effects of `variables` and on named `interactions`.

    Maximum likelihood, design-weighted. Redundant columns of the model (a crossing in which
    nobody was invited) drop out.

    Parameters
    ----------
    cells : ResponseCells
    variables : sequence of str
        Main effects; default every factor of `cells`.
    interactions : sequence of sequences of str
        Such as ("age", "sex"): their crossing, with every lower crossing.

    Raises
    ------
    InputError
        unknown_factor, no_rows.
    EstimationError
        no_variation (nobody responded, or everybody), response_separated (a combination of variables tells the
        response exactly, so that no model fits best).

    References
    ----------
    Shlomo, N., Skinner, C. & Schouten, B. (2012). Estimation of an indicator of the representativeness of survey
    response. Journal of Statistical Planning and Inference 142, 201-211.
    """
    used = tuple(factor.name for factor in cells.factors) if variables is None else tuple(variables)
    crossed = tuple(tuple(names) for names in interactions)
    if not used:
        raise InputError("no_rows", name="variables")
    if cells.responded.sum() in (0, cells.n):
        raise EstimationError("no_variation")
    groups = [_crossing(cells, names) for names in _terms(used, crossed)]
    open_rows = _undecided(cells, groups)
    basis = _basis([group[open_rows] for group in groups], int(open_rows.sum()))
    invited, responded = cells.invited[open_rows], cells.responded[open_rows]
    weights = cells.design_weights[open_rows] * (cells.n / cells.population.sum())
    fitted, covariance = _fit(basis, weights * invited, responded / invited)
    propensity = (cells.responded > 0).astype(np.float64)
    propensity[open_rows] = fitted
    sensitivity = np.zeros((propensity.shape[0], basis.shape[1]))
    sensitivity[open_rows] = (fitted * (1 - fitted))[:, None] * basis
    return ResponsePropensities(cells, used, crossed, propensity, sensitivity, covariance)


def _terms(variables: tuple[str, ...], interactions: tuple[tuple[str, ...], ...]) -> list[tuple[str, ...]]:
    """Every crossing in the model, lower ones first, each once."""
    terms: dict[tuple[str, ...], None] = {(name,): None for name in variables}
    for names in interactions:
        for order in range(1, len(names) + 1):
            terms |= dict.fromkeys(combinations(names, order))
    return list(terms)


def _crossing(cells: ResponseCells, names: Sequence[str]) -> IntArray:
    columns = [cells.column(name) for name in names]
    return np.asarray(np.unique(cells.codes[:, columns], axis=0, return_inverse=True)[1], dtype=np.int64).ravel()


def _undecided(cells: ResponseCells, groups: Sequence[IntArray]) -> BoolArray:
    """Cells left after setting aside categories in which nobody or everybody responded: their fit is 0 or 1."""
    undecided: BoolArray = cells.invited > 0
    before = -1
    while before != (before := int(undecided.sum())):
        for group in groups:
            invited = np.bincount(group, weights=cells.invited * undecided)[group]
            responded = np.bincount(group, weights=cells.responded * undecided)[group]
            undecided = undecided & (responded > 0) & (responded < invited)
    return undecided


def _basis(groups: Sequence[IntArray], n_rows: int) -> FloatArray:
    """Orthonormal columns that span the model: intercept and one indicator per category of every term."""
    columns = [np.ones((n_rows, 1))]
    columns += [(group[:, None] == np.unique(group)[1:]).astype(np.float64) for group in groups]
    left, singular, _ = np.linalg.svd(np.hstack(columns), full_matrices=False)
    rank = np.count_nonzero(singular > singular.max(initial=0.0) * max(left.shape) * np.finfo(np.float64).eps)
    return np.asarray(left[:, :rank], dtype=np.float64)


def _fit(basis: FloatArray, trials: FloatArray, rate: FloatArray) -> tuple[FloatArray, FloatArray]:
    if basis.size == 0:
        return rate, np.zeros((0, 0))
    try:
        fit = fit_logistic(basis, rate, trials)
    except EstimationError as error:
        raise EstimationError("response_separated") from error
    return fit.fitted, fit.inverse_information
