"""Base weights: 1 / the probability that a person could answer, stage by stage."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    as_codes,
    as_floats,
    as_numbers,
    require_length,
    weighted_counts,
)
from analysis.errors import EstimationError, InputError


@dataclass(frozen=True, eq=False)
class ResponseAdjustment:
    """Weights of those who answered, corrected for those who did not.

    Attributes
    ----------
    weights : (r,) array
        Of the respondents, in their order among the invited.
    response_rates : (G,) array
        Weighted response rate (0-1) per group.
    n_invited, n_answered : (G,) integer arrays
    """

    weights: FloatArray
    response_rates: FloatArray
    n_invited: IntArray
    n_answered: IntArray


@dataclass(frozen=True, eq=False)
class PanelWeights:
    """Base weights of members who were drawn and members who registered themselves.

    Attributes
    ----------
    weights : (n,) array
    is_pseudo : (n,) boolean array
        True for members without an inclusion probability: what rests on them is a model, not a draw.
    pseudo_share : float
        Their share (0-1) of the total weight.
    """

    weights: FloatArray
    is_pseudo: BoolArray
    pseudo_share: float


def inclusion_probabilities(strata: ArrayLike, drawn: ArrayLike, frame: ArrayLike) -> FloatArray:
    """Return the probability (n,) of each person: drawn / frame of the recruitment stratum.

    Parameters
    ----------
    strata : (n,) integer array
        Index of `drawn` and `frame`.
    drawn, frame : (H,) arrays
        Addresses or persons drawn, and on the list from which they were drawn.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, code_out_of_range.
    EstimationError
        frame_too_small_for_draw: nobody drawn, or more than the frame holds.

    References
    ----------
    Horvitz, D. G. & Thompson, D. J. (1952). Journal of the American Statistical Association 47, 663-685.
    """
    n_drawn, size = as_floats("drawn", drawn, 1), as_floats("frame", frame, 1)
    require_length("frame", size, n_drawn.shape[0])
    codes = _codes("strata", strata, n_drawn.shape[0])
    wrong = np.flatnonzero(~((n_drawn > 0) & (n_drawn <= size) & np.isfinite(size)))
    if wrong.size:
        h = int(wrong[0])
        raise EstimationError("frame_too_small_for_draw", stratum=h, drawn=float(n_drawn[h]), frame=float(size[h]))
    return (n_drawn / size)[codes]


def base_weights(*probabilities: ArrayLike) -> FloatArray:
    """Return 1 / (product of the probabilities (n,) of all stages): into the panel, into the wave.

    Raises
    ------
    InputError
        wrong_shape, wrong_length; no_rows (no stage); invalid_value, for a probability outside 0 < p <= 1.
    """
    if not probabilities:
        raise InputError("no_rows", name="probabilities")
    stages = [as_floats("probabilities", stage, 1) for stage in probabilities]
    product = np.ones(stages[0].shape[0])
    for stage in stages:
        require_length("probabilities", stage, product.shape[0])
        if not ((stage > 0) & (stage <= 1)).all():
            raise InputError("invalid_value", name="probabilities", value=_worst(stage, 1.0), reason="0 < p <= 1")
        product = product * stage
    return 1.0 / product


def adjust_for_nonresponse(weights: ArrayLike, groups: ArrayLike, answered: ArrayLike) -> ResponseAdjustment:
    """Divide weights by the weighted response rate of the response-homogeneity group.

    Within a group everyone is taken to be equally likely to answer: w = d sum_invited(d) / sum_answered(d).

    Parameters
    ----------
    weights : (n,) array
        Base weights of all invited; positive.
    groups : (n,) integer array
        Group 0..G-1 of each, known for those who answered and those who did not.
    answered : (n,) boolean array

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, code_out_of_range, no_rows, invalid_value.
    EstimationError
        group_without_answers.

    References
    ----------
    Sarndal, C.-E., Swensson, B. & Wretman, J. (1992). Model Assisted Survey Sampling. Springer, section 15.6.
    """
    w = _positive(weights)
    has_answered = _flags("answered", answered, w.shape[0])
    codes = as_codes("groups", groups, 1)
    n_groups = int(codes.max(initial=-1)) + 1
    codes = _codes("groups", codes, n_groups)
    require_length("groups", codes, w.shape[0])
    n_invited = np.bincount(codes, minlength=n_groups)
    n_answered = np.bincount(codes[has_answered], minlength=n_groups)
    silent = np.flatnonzero((n_answered == 0) & (n_invited > 0))
    if silent.size:
        raise EstimationError("group_without_answers", group=int(silent[0]), n_invited=int(n_invited[silent[0]]))
    invited = weighted_counts(codes, w, n_groups)
    rates = np.divide(
        weighted_counts(codes[has_answered], w[has_answered], n_groups),
        invited,
        out=np.full(n_groups, np.nan),
        where=invited > 0,
    )
    return ResponseAdjustment(w[has_answered] / rates[codes[has_answered]], rates, n_invited, n_answered)


def with_self_registered(weights: ArrayLike, drawn: ArrayLike) -> PanelWeights:
    """Give members who registered themselves the mean weight of the drawn, and flag them.

    They have no inclusion probability. The pseudo-weight only keeps them from counting more or less than a drawn
    member before calibration; results that lean on them rest on the margins alone, and are reported apart.

    Parameters
    ----------
    weights : (n,) array
        Base weights; not-a-number, or anything, for those who were not drawn.
    drawn : (n,) boolean array

    Raises
    ------
    InputError
        wrong_shape, wrong_length, no_rows (nobody was drawn), invalid_value.

    References
    ----------
    Elliott, M. R. & Valliant, R. (2017). Inference for nonprobability samples. Statistical Science 32, 249-264.
    """
    given = as_floats("weights", weights, 1)
    is_drawn = _flags("drawn", drawn, given.shape[0])
    pseudo = float(_positive(given[is_drawn]).mean())
    filled = np.where(is_drawn, given, pseudo)
    return PanelWeights(filled, ~is_drawn, float(filled[~is_drawn].sum() / filled.sum()))


def _positive(weights: ArrayLike) -> FloatArray:
    w = as_floats("weights", weights, 1)
    if w.shape[0] == 0:
        raise InputError("no_rows", name="weights")
    if not ((w > 0) & (w < np.inf)).all():
        raise InputError("invalid_value", name="weights", value=_worst(w, np.inf), reason="they must be positive")
    return w


def _worst(values: FloatArray, upper: float) -> float:
    """Return the first value that is no positive number, or lies above `upper` or at infinity."""
    return float(values[~((values > 0) & (values <= upper) & np.isfinite(values))][0])


def _codes(name: str, values: ArrayLike, n_codes: int) -> IntArray:
    codes = as_codes(name, values, 1)
    outside = codes[(codes < 0) | (codes >= n_codes)]
    if outside.size:
        raise InputError("code_out_of_range", name=name, value=int(outside[0]), last=n_codes - 1)
    return codes


def _flags(name: str, values: ArrayLike, n: int) -> BoolArray:
    as_numbers(name, values)
    flags: BoolArray = np.asarray(values)
    if flags.dtype.kind != "b":
        raise InputError("invalid_value", name=name, value=str(flags.dtype), reason="it must be true or false")
    if flags.ndim != 1:
        raise InputError("wrong_shape", name=name, expected=1, got=flags.ndim)
    require_length(name, flags, n)
    return flags
