"""Regression whose covariance comes from replicate weights."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import as_floats, require_length
from analysis.estimation.glm import Family, fit_glm
from analysis.estimation.regression import Regression, make_regression, respondents_used
from analysis.estimation.replicate_estimates import replicate_statistic
from analysis.estimation.replicates import Replicates


def replicate_regression(
    replicates: Replicates, x: ArrayLike, y: ArrayLike, *, family: Family = "binomial", domain: ArrayLike | None = None
) -> Regression:
    """Fit the model once with the final weights and once per replicate; the spread is the covariance.

    Parameters as `estimate_regression`. Degrees of freedom: those of the replicates among the respondents used,
    plus 1 minus p. For few replicates or rare answers a replicate may separate; then use `estimate_regression`.

    Raises
    ------
    InputError, EstimationError
        As `fit_glm`, for the full sample or any replicate.

    References
    ----------
    Wolter (2007), Introduction to Variance Estimation, 2nd ed., chapters 3-5; Lumley (2010), Complex Surveys, 2.3.
    """
    columns, answers = as_floats("x", x, 2), as_floats("y", y, 1)
    require_length("x", columns, replicates.n)
    require_length("y", answers, replicates.n)
    used = respondents_used(columns, answers, domain)
    fit = fit_glm(columns[used], answers[used], replicates.weights[used], family=family)
    found = replicate_statistic(
        replicates, lambda w: fit_glm(columns[used], answers[used], w[used], family=family).coefficients
    )
    freedom = replicates.domain_degrees_of_freedom(np.flatnonzero(used))
    return make_regression(fit, found.covariance(), freedom, used)
