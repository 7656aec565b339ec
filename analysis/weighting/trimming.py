"""Trimming: extreme weights cut back and the margins met again, until both hold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, as_floats
from analysis.errors import ConvergenceError, InputError
from analysis.weighting.feasibility import BoundedProblem
from analysis.weighting.raking import PreparedRaking, RakingResult, assemble

_BOUND_TOLERANCE = 1e-9
_ROUNDING = 1e-12
_MAX_ROUNDS = 500


@dataclass(frozen=True, eq=False)
class TrimmedResult:
    """Trimmed and recalibrated weights.

    Attributes
    ----------
    raking : RakingResult
        As from `rake`, with the trimmed weights; g-weights relate to the base weights.
    lower, upper : float
        Bounds as factors of the mean weight.
    n_trimmed : int
        Respondents whose raked weight lay outside the bounds.
    rounds : int
        Times that trimming and recalibration alternated (0: nothing to trim).
    """

    raking: RakingResult
    lower: float
    upper: float
    n_trimmed: int
    rounds: int


def rake_and_trim(
    prepared: PreparedRaking, *, lower: float = 0.2, upper: float = 5.0, max_rounds: int = _MAX_ROUNDS
) -> TrimmedResult:
    """Rake, cut weights outside `lower`..`upper` times the mean, rake again; repeat until both hold.

    The mean never changes (weights add up to the declared total), so the bounds are fixed. Margins are met
    to 1e-10 and bounds to 1e-9, relative.

    Parameters
    ----------
    prepared : PreparedRaking
        From `prepare_raking`.
    lower, upper : float
        0 <= lower < 1 < upper.
    max_rounds : int
        After so many rounds without both holding, the bounds are refused.

    Raises
    ------
    InputError
        invalid_value, for bounds that do not enclose 1.
    ConvergenceError
        bounds_too_tight, bounds_cannot_meet_all (no weights within the bounds exist), bounds_not_met (they were
        not found), not_converged.

    References
    ----------
    Potter, F. (1990). A study of procedures to identify and trim extreme sampling weights. Proceedings of the
    Section on Survey Research Methods, American Statistical Association, 225-230.
    """
    if not 0 <= lower < 1 < upper:
        raise InputError("invalid_value", name="bounds", value=(lower, upper), reason="they must enclose 1")
    mean = prepared.reconciled.total / prepared.base_weights.shape[0]
    low, high = lower * mean, upper * mean
    weights, solution = prepared.solve(prepared.base_weights)
    n_trimmed = int(np.count_nonzero(_outside(weights, low, high)))
    for rounds in range(max_rounds + 1):
        if not _outside(weights, low, high).any():
            result = assemble(prepared, weights, solution)
            return TrimmedResult(result, lower, upper, n_trimmed, rounds)
        weights, solution = prepared.solve(np.clip(weights, low, high))
    raise _failure(prepared, weights, (lower, upper), max_rounds)


def _failure(
    prepared: PreparedRaking, weights: FloatArray, bounds: tuple[float, float], rounds: int
) -> ConvergenceError:
    mean = prepared.reconciled.total / weights.shape[0]
    start = prepared.cells.counts * mean
    bounded = BoundedProblem(prepared.problem, start, bounds, prepared.respondents, "the mean weight")
    return bounded.explain() or ConvergenceError(
        "bounds_not_met",
        lower=bounds[0],
        upper=bounds[1],
        rounds=rounds,
        lowest=float(weights.min() / mean),
        highest=float(weights.max() / mean),
    )


@dataclass(frozen=True, eq=False)
class TrimmedWeights:
    """Weights (n,) within bounds, how many were cut, the weight that others took up, and the rounds taken."""

    weights: FloatArray
    n_trimmed: int
    moved: float
    rounds: int


def trim_weights(
    weights: ArrayLike, *, lower: float = 0.0, upper: float = np.inf, strict: bool = True
) -> TrimmedWeights:
    """Cut weights at `lower` and `upper`, spread what is cut equally over all others; the sum stays.

    Margins no longer hold afterwards: use `rake_and_trim` where they must. With `strict`, others that are
    pushed over a bound are cut too, and what that leaves is spread over all who are not at that bound, those raised
    to the other bound before included; until none lies outside. Without, one round is taken. Both as R's
    `trimWeights`.

    Parameters
    ----------
    weights : (n,) array
    lower, upper : float
        Bounds on the scale of the weights.
    strict : bool

    Raises
    ------
    InputError
        wrong_shape, no_rows, invalid_value.
    ConvergenceError
        everything_trimmed: no weight is left to take up what is cut.

    References
    ----------
    Potter, F. (1990), as `rake_and_trim`.
    """
    given = as_floats("weights", weights, 1)
    if given.shape[0] == 0:
        raise InputError("no_rows", name="weights")
    if not (np.isfinite(given).all() and lower < upper):
        raise InputError("invalid_value", name="weights", value=(lower, upper), reason="finite, lower below upper")
    cut, trimmed, rounds = np.zeros(given.shape[0], dtype=bool), given, 0
    outside = _beyond(given, lower, upper)
    takes = ~outside
    while outside.any() and (strict or not rounds):
        rounds += 1
        cut |= outside
        clipped = np.where(outside, np.clip(trimmed, lower, upper), trimmed)
        left = float(given.sum() - clipped.sum())
        if rounds > 1:
            # who is at the bound that is pushed against would only be cut again
            takes = clipped < upper if left > 0 else clipped > lower
        if not takes.any():
            raise ConvergenceError("everything_trimmed", lower=lower, upper=upper)
        trimmed = np.where(takes, clipped + left / np.count_nonzero(takes), clipped)
        outside = _beyond(trimmed, lower, upper)
    return TrimmedWeights(trimmed, int(np.count_nonzero(cut)), float(np.abs(given - trimmed)[cut].sum()), rounds)


def _beyond(weights: FloatArray, lower: float, upper: float) -> BoolArray:
    rounding = _ROUNDING * np.abs(weights)
    return (weights < lower - rounding) | (weights > upper + rounding)


def _outside(weights: FloatArray, low: float, high: float) -> BoolArray:
    return (weights < low * (1 - _BOUND_TOLERANCE)) | (weights > high * (1 + _BOUND_TOLERANCE))
