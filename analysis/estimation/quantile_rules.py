"""Rules that say which value is a weighted quantile."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.arrays import FloatArray


class QuantileRule(StrEnum):
    """Which value between two answers is the quantile; x are the answers in order, F their weighted distribution.

    MATH (the same as HF1) the smallest x with F(x) >= p; SCHOOL (HF2) halfway to the next answer where F(x) = p;
    HF3 there, the answer of even rank among the distinct ones. HF4 to HF9 interpolate between points p_k, with S
    the running sum of weights w: HF4 S_k / S_n; HF5 (S_k - w_k/2) / S_n; HF6 S_k / (S_n + w_n);
    HF7 S_(k-1) / S_(n-1); HF8 (S_k - w_k/3) / (S_n + w_n/3); HF9 (S_k - 3 w_k/8) / (S_n + w_n/4). SHAH_VAISH the
    last x with (S_k + 1/2 - w_k/2) / (n + 1) <= p, weights scaled to mean 1. (R survey leaves w_k/2 unscaled there,
    which shifts its answer unless the weights have mean 1.)

    Hyndman, R. J. & Fan, Y. (1996). Sample quantiles in statistical packages. American Statistician 50, 361-365;
    Shah, B. V. & Vaish, A. K. (2006). Confidence intervals for quantile estimation from complex survey data.
    Proceedings of the Section on Survey Research Methods, American Statistical Association.
    """

    MATH = "math"
    SCHOOL = "school"
    SHAH_VAISH = "shahvaish"
    HF1 = "hf1"
    HF2 = "hf2"
    HF3 = "hf3"
    HF4 = "hf4"
    HF5 = "hf5"
    HF6 = "hf6"
    HF7 = "hf7"
    HF8 = "hf8"
    HF9 = "hf9"


@dataclass(frozen=True, eq=False)
class WeightedDistribution:
    """Answers (n,) in order, their weights, and the running sum of the weights."""

    answers: FloatArray
    weights: FloatArray
    cumulative: FloatArray

    @property
    def shares(self) -> FloatArray:
        """(n,) share of the weight at or below each answer."""
        return np.asarray(self.cumulative / self.cumulative[-1])


def weighted_distribution(answers: FloatArray, weights: FloatArray) -> WeightedDistribution:
    """Put `answers` (n,) in order, leaving out those without weight; at least one must have weight."""
    order = np.argsort(answers, kind="stable")
    order = order[weights[order] != 0]
    ordered = weights[order]
    # the longer running sum keeps exact boundaries exact; negative weights must not make the distribution fall
    cumulative = np.maximum.accumulate(np.cumsum(ordered, dtype=np.longdouble).astype(np.float64))
    return WeightedDistribution(answers[order], ordered, cumulative)


def quantile(distribution: WeightedDistribution, probability: float, rule: QuantileRule) -> float:
    """Return the quantile at `probability`, which is cut off at the lowest and the highest answer."""
    if rule in _POINTS:
        points = _POINTS[rule](distribution) if distribution.answers.shape[0] > 1 else np.zeros(1)
        return float(np.interp(probability, points, distribution.answers))
    return float(_DISCRETE[rule](distribution, probability))


def _inverse(d: WeightedDistribution, p: float) -> float:
    return float(d.answers[_position(d.shares, p)])


def _halfway(d: WeightedDistribution, p: float) -> float:
    k = _position(d.shares, p)
    following = min(k + 1, d.answers.shape[0] - 1)
    return float((d.answers[k] + d.answers[following]) / 2 if d.shares[k] == p else d.answers[k])


def _even(d: WeightedDistribution, p: float) -> float:
    distinct, ends = np.unique(d.answers[::-1], return_index=True)
    shares = d.shares[::-1][ends]
    k = _position(shares, p)
    # the first rank is 1, so an even rank has an odd position
    is_next = shares[k] == p and k % 2 == 0
    return float(distinct[min(k + is_next, distinct.shape[0] - 1)])


def _shah_vaish(d: WeightedDistribution, p: float) -> float:
    scaled = d.weights / d.weights.mean()
    points = (np.cumsum(scaled) + 0.5 - scaled / 2) / (scaled.shape[0] + 1)
    return float(d.answers[max(0, int(np.searchsorted(points, p, side="right")) - 1)])


def _position(shares: FloatArray, probability: float) -> int:
    return min(int(np.searchsorted(shares, probability)), int(shares.shape[0]) - 1)


_DISCRETE: dict[QuantileRule, Callable[[WeightedDistribution, float], float]] = {
    QuantileRule.MATH: _inverse,
    QuantileRule.HF1: _inverse,
    QuantileRule.SCHOOL: _halfway,
    QuantileRule.HF2: _halfway,
    QuantileRule.HF3: _even,
    QuantileRule.SHAH_VAISH: _shah_vaish,
}

_POINTS: dict[QuantileRule, Callable[[WeightedDistribution], FloatArray]] = {
    QuantileRule.HF4: lambda d: d.shares,
    QuantileRule.HF5: lambda d: (d.cumulative - d.weights / 2) / d.cumulative[-1],
    QuantileRule.HF6: lambda d: d.cumulative / (d.cumulative[-1] + d.weights[-1]),
    QuantileRule.HF7: lambda d: np.concatenate([[0.0], d.cumulative[:-1]]) / d.cumulative[-2],
    QuantileRule.HF8: lambda d: (d.cumulative - d.weights / 3) / (d.cumulative[-1] + d.weights[-1] / 3),
    QuantileRule.HF9: lambda d: (d.cumulative - d.weights * 3 / 8) / (d.cumulative[-1] + d.weights[-1] / 4),
}
