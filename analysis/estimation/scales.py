"""Statements on a scale of points: mean, top and bottom two, net, and the share of every point."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, require_count
from analysis.errors import InputError
from analysis.estimation.design import Design
from analysis.estimation.estimates import Estimates, estimate_means
from analysis.estimation.item_answers import keep_missing, require_allowed
from analysis.estimation.linearization import answers

_FEWEST_SCALE_POINTS = 4


@dataclass(frozen=True, eq=False)
class ScaleEstimates:
    """Per statement (columns): mean score, share in the two highest points, that minus the two lowest."""

    mean: Estimates
    top_two: Estimates
    bottom_two: Estimates
    net: Estimates


@dataclass(frozen=True, eq=False)
class MatrixEstimates:
    """Statements on one scale: `points[s]` is the share of point s + 1 per statement (columns)."""

    scales: ScaleEstimates
    points: tuple[Estimates, ...]


def estimate_scales(
    design: Design,
    scores: ArrayLike,
    n_points: int,
    *,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
) -> ScaleEstimates:
    """Estimate statements with one scale 1..n_points (n_points the most positive; at least 4).

    Each statement has its own base: whoever answered it. Differences between statements or domains need their
    covariance, `estimates.covariance_of_means` of the scores.

    Parameters
    ----------
    design : Design
    scores : (n, k) array
        NaN where a statement was not answered.
    n_points : int
    domain, n_domains
        See `estimate_means`.

    Raises
    ------
    InputError
        As `estimate_means`; no_columns; invalid_value for scores off the scale or a scale under 4 points.
    """
    if n_points < _FEWEST_SCALE_POINTS:
        raise InputError("invalid_value", name="n_points", value=n_points, reason="at least 4 points")
    y = _scores(design, scores, n_points)
    top, bottom = keep_missing(y, y >= n_points - 1), keep_missing(y, y <= 2)
    mean, top_two, bottom_two, net = (
        estimate_means(design, values, domain=domain, n_domains=n_domains) for values in (y, top, bottom, top - bottom)
    )
    return ScaleEstimates(mean, top_two, bottom_two, net)


def estimate_scale_points(
    design: Design,
    scores: ArrayLike,
    n_points: int,
    *,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
) -> tuple[Estimates, ...]:
    """Estimate the share of each point 1..n_points of one scale, per statement; entry s is point s + 1.

    Parameters and errors as `estimate_scales`, but for a scale of any length.
    """
    if n_points < 1:
        raise InputError("invalid_value", name="n_points", value=n_points, reason="at least 1 point")
    y = _scores(design, scores, n_points)
    return tuple(
        estimate_means(design, keep_missing(y, y == point), domain=domain, n_domains=n_domains)
        for point in range(1, n_points + 1)
    )


def estimate_matrix(
    design: Design,
    scores: ArrayLike,
    n_points: int,
    *,
    domain: ArrayLike | None = None,
    n_domains: int = 1,
) -> MatrixEstimates:
    """Estimate statements on one scale as scale and per point; parameters and errors as `estimate_scales`."""
    scales = estimate_scales(design, scores, n_points, domain=domain, n_domains=n_domains)
    points = estimate_scale_points(design, scores, n_points, domain=domain, n_domains=n_domains)
    return MatrixEstimates(scales, points)


def _scores(design: Design, scores: ArrayLike, n_points: int) -> FloatArray:
    require_count("n_points", n_points)
    y = answers("scores", scores, design.n)
    require_allowed("scores", y, np.isin(y, np.arange(1, n_points + 1)), f"1..{n_points} or missing")
    return y
