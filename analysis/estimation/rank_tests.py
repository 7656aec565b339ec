"""Rank tests on a survey design: do groups differ in the order of their answers?"""

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray, as_codes, as_floats, require_count, require_length
from analysis.errors import EstimationError
from analysis.estimation.design import Design
from analysis.estimation.linearization import influence_of_means, require_codes
from analysis.estimation.t_tests import TTests, two_sample_t_test
from analysis.estimation.wald import HypothesisTest, wald_test


def wilcoxon_test(design: Design, values: ArrayLike, groups: ArrayLike, *, has_split_ties: bool = False) -> TTests:
    """Test whether group 1 tends to answer higher than group 0: a t test of estimated population ranks.

    The estimate is the difference in mean rank, ranks running from 0 to 1. Parameters and errors as
    `kruskal_wallis_test` with two groups.
    """
    ranks = population_ranks(design, values, has_split_ties=has_split_ties, domain=groups)
    return two_sample_t_test(design, ranks, groups)


def kruskal_wallis_test(
    design: Design, values: ArrayLike, groups: ArrayLike, n_groups: int, *, has_split_ties: bool = False
) -> HypothesisTest:
    """Test whether any of the groups tends to answer higher or lower: Wald F on the mean population ranks.

    F with `n_groups` - 1 and nu - `n_groups` + 1 degrees of freedom, nu: sampling units minus strata.

    Parameters
    ----------
    design : Design
    values : (n,) array
        NaN is no answer.
    groups : (n,) integer array
        0..n_groups-1; -1 is none of them.
    n_groups : int
        At least 2.
    has_split_ties : bool
        See `population_ranks`.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, code_out_of_range, invalid_value.
    EstimationError
        empty_category, no_degrees_of_freedom, dependent_hypotheses (no spread in a group).

    References
    ----------
    Lumley, T. & Scott, A. J. (2013). Two-sample rank tests under complex sampling. Biometrika 100, 831-842.
    """
    require_count("n_groups", n_groups, at_least=2)
    codes = _codes(groups, design.n, n_groups)
    ranks = population_ranks(design, values, has_split_ties=has_split_ties, domain=codes)
    means, influence = influence_of_means(design, ranks[:, None], domain=codes, n_domains=n_groups)
    empty = np.flatnonzero(np.isnan(means[:, 0]))
    if empty.size:
        raise EstimationError("empty_category", name="groups", category=int(empty[0]))
    covariance = design.covariance(influence[:, 1:, 0] - influence[:, :1, 0])
    df = design.degrees_of_freedom(~np.isnan(ranks)) - (n_groups - 1)
    return wald_test(means[1:, 0] - means[0, 0], covariance, df=df)


def population_ranks(
    design: Design, values: ArrayLike, *, has_split_ties: bool = False, domain: ArrayLike | None = None
) -> FloatArray:
    """Return the estimated rank in the population, 0..1, of each answer (n,): the weight below plus half its own.

    Equal answers share their middle rank. With `has_split_ties` each gets the plain mean of the ranks that they
    would have in row order, as in R survey, which depends on that order when weights differ. NaN for no answer or
    a negative `domain` code.
    """
    y = as_floats("values", values, 1)
    require_length("values", y, design.n)
    answered: BoolArray = ~np.isnan(y) & (design.weights != 0)
    if domain is not None:
        answered &= _codes(domain, design.n, None) >= 0
    _, tie = np.unique(y[answered], return_inverse=True)
    w = design.weights[answered]
    ranks = np.full(design.n, np.nan)
    ranks[answered] = _split(tie, w) if has_split_ties else _shared(tie, w)
    return ranks


def _shared(tie: IntArray, w: FloatArray) -> FloatArray:
    weight = np.bincount(tie, w)
    return np.asarray(((np.cumsum(weight) - weight / 2) / weight.sum())[tie])


def _split(tie: IntArray, w: FloatArray) -> FloatArray:
    order = np.argsort(tie, kind="stable")
    position = np.cumsum(w[order]) - w[order] / 2
    return np.asarray((np.bincount(tie[order], position) / np.bincount(tie) / w.sum())[tie])


def _codes(groups: ArrayLike, n: int, n_groups: int | None) -> IntArray:
    codes = as_codes("groups", groups, 1)
    require_length("groups", codes, n)
    if n_groups is not None:
        require_codes("groups", codes, n_groups)
    return codes
