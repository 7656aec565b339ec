"""Differences between items, between domains, and other functions of estimates, with their covariance."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, IntArray, as_codes, as_floats
from analysis.errors import InputError
from analysis.estimation.design import Design
from analysis.estimation.estimates import estimate_means
from analysis.estimation.linearization import answers, domain_codes, influence_of_means

_STEP = 1e-200


@dataclass(frozen=True, eq=False)
class Differences:
    """Differences with their standard errors; every array is (k, q): k comparisons of q items.

    Attributes
    ----------
    estimate, standard_error : NaN where one of the two has no answers
    degrees_of_freedom : integer
        Of the two together.
    """

    estimate: FloatArray
    standard_error: FloatArray
    degrees_of_freedom: IntArray


@dataclass(frozen=True, eq=False)
class Contrasts:
    """Functions (k,) of estimates, with their covariance (k, k)."""

    estimate: FloatArray
    covariance: FloatArray

    @property
    def standard_error(self) -> FloatArray:
        """(k,) square roots of the diagonal of the covariance."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))


def linear_contrasts(estimates: ArrayLike, covariance: ArrayLike, coefficients: ArrayLike) -> Contrasts:
    """Return A estimates, with covariance A V A'.

    Parameters
    ----------
    estimates : (m,) array
    covariance : (m, m) array
    coefficients : (k, m) array
        One row per contrast.

    Raises
    ------
    InputError
        wrong_shape, wrong_length.
    """
    values, spread = _checked(estimates, covariance)
    rows = as_floats("coefficients", coefficients, 2)
    if rows.shape[1] != values.shape[0]:
        raise InputError("wrong_length", name="coefficients", expected=values.shape[0], got=rows.shape[1])
    return Contrasts(rows @ values, rows @ spread @ rows.T)


def smooth_contrasts(
    estimates: ArrayLike, covariance: ArrayLike, function: Callable[[np.ndarray], ArrayLike]
) -> Contrasts:
    """Return function(estimates), with covariance J V J' (the delta method).

    The derivatives J are taken by a complex step, exact to rounding: `function` takes an (m,) array that may be
    complex and returns a number or (k,) array, by arithmetic and functions such as np.log, np.exp and np.sqrt;
    not by abs, comparisons or rounding.

    Parameters and errors as `linear_contrasts`; invalid_value where the result is not a finite number.

    References
    ----------
    Squire, W. & Trapp, G. (1998). Using complex variables to estimate derivatives of real functions. SIAM Review
    40, 110-112; Wolter, K. M. (2007). Introduction to Variance Estimation. Springer, chapter 6.
    """
    values, spread = _checked(estimates, covariance)
    steps = values + 1j * _STEP * np.eye(values.shape[0])
    with np.errstate(all="ignore"):
        at_estimates = np.atleast_1d(np.asarray(function(values.astype(np.complex128))))
        # off the real line, as the logarithm of a negative number: its real part would look like an answer
        result = np.where(at_estimates.imag == 0, at_estimates.real, np.nan)
        jacobian = np.stack([np.atleast_1d(np.asarray(function(step))).imag / _STEP for step in steps], axis=1)
    if not (np.isfinite(result).all() and np.isfinite(jacobian).all()):
        raise InputError("invalid_value", name="function", value=result.tolist(), reason="no finite number here")
    return Contrasts(np.asarray(result, dtype=np.float64), jacobian @ spread @ jacobian.T)


def item_differences(design: Design, values: ArrayLike, pairs: ArrayLike) -> Differences:
    """Return the mean of one item minus that of another, for everybody; result (k, 1).

    Parameters
    ----------
    design : Design
    values : (n, q) array
        NaN where a respondent has no answer; each mean is over those who answered that item.
    pairs : (k, 2) integer array
        Columns of the first and of the second item of each comparison.

    Raises
    ------
    InputError
        As `estimate_means`; code_out_of_range for an unknown item.
    """
    y = answers("values", values, design.n)
    first, second = _pairs(pairs, y.shape[1])
    means, influence = influence_of_means(design, y)
    change = influence[:, 0, first] - influence[:, 0, second]
    df = estimate_means(design, y).degrees_of_freedom[0]
    return Differences(
        estimate=(means[0, first] - means[0, second])[:, None],
        standard_error=_standard_errors(design, change)[:, None],
        degrees_of_freedom=np.minimum(df[first], df[second])[:, None],
    )


def domain_differences(
    design: Design, values: ArrayLike, domain: ArrayLike, n_domains: int, pairs: ArrayLike | None = None
) -> Differences:
    """Return the mean of each item in one domain minus that in another, with their covariance.

    After calibration, domains are correlated: the root of the sum of squared errors is wrong.

    Parameters
    ----------
    design, values, domain, n_domains
        As `estimate_means`.
    pairs : (k, 2) integer array
        First and second domain of each comparison. Default: all pairs, the lower code second.

    Raises
    ------
    InputError
        As `estimate_means`; code_out_of_range for an unknown domain.
    """
    y = answers("values", values, design.n)
    codes, count = domain_codes(design.n, domain, n_domains)
    first, second = _pairs(_all_pairs(count) if pairs is None else pairs, count)
    means, influence = influence_of_means(design, y, domain=codes, n_domains=count)
    errors = [_standard_errors(design, influence[:, i] - influence[:, j]) for i, j in zip(first, second, strict=True)]
    together = [
        estimate_means(design, y, domain=np.where((codes == i) | (codes == j), 0, -1)).degrees_of_freedom[0]
        for i, j in zip(first, second, strict=True)
    ]
    return Differences(means[first] - means[second], np.array(errors), np.array(together))


def differences_from_rest(design: Design, values: ArrayLike, domain: ArrayLike, n_domains: int) -> Differences:
    """Return the mean of each item in each domain minus that of all others, (D, q); -1 is in no comparison.

    Parameters and errors as `domain_differences`.
    """
    codes, count = domain_codes(design.n, domain, n_domains)
    parts = []
    for d in range(count):
        against = np.where(codes < 0, -1, (codes != d).astype(np.int64))
        parts.append(domain_differences(design, values, against, 2, [[0, 1]]))
    return Differences(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("estimate", "standard_error", "degrees_of_freedom")
        )
    )


def _standard_errors(design: Design, influence: FloatArray) -> FloatArray:
    known = np.isfinite(influence).all(axis=0)
    errors = np.full(influence.shape[1], np.nan)
    errors[known] = np.sqrt(design.variance(influence[:, known]))
    return errors


def _all_pairs(count: int) -> IntArray:
    second, first = np.triu_indices(count, 1)
    return np.stack([first, second], axis=1).astype(np.int64)


def _pairs(pairs: ArrayLike, count: int) -> tuple[IntArray, IntArray]:
    given = as_codes("pairs", pairs, 2)
    if given.shape[1] != 2:
        raise InputError("wrong_length", name="pairs", expected=2, got=given.shape[1])
    wrong = (given < 0) | (given >= count)
    if wrong.any():
        raise InputError("code_out_of_range", name="pairs", value=int(given[wrong][0]), last=count - 1)
    return given[:, 0], given[:, 1]


def _checked(estimates: ArrayLike, covariance: ArrayLike) -> tuple[FloatArray, FloatArray]:
    values = as_floats("estimates", estimates, 1)
    spread = as_floats("covariance", covariance, 2)
    if np.isinf(values).any() or np.isinf(spread).any():
        raise InputError("invalid_value", name="estimates", value="infinity", reason="finite numbers, or missing")
    for size in spread.shape:
        if size != values.shape[0]:
            raise InputError("wrong_length", name="covariance", expected=values.shape[0], got=size)
    return values, spread
