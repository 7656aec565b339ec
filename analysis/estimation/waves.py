"""Change between two waves that share part of their members."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, IntArray, as_codes, require_length
from analysis.errors import EstimationError, InputError
from analysis.estimation.design import Design
from analysis.estimation.linearization import influence_of_means


@dataclass(frozen=True, eq=False)
class WaveChange:
    """Second wave minus first, of q items in D domains; every array is (D, q).

    Attributes
    ----------
    estimate, standard_error : NaN where a domain has no answers in one of the waves
    first_variance, second_variance, covariance
        The variance of the change is the sum of the variances minus twice the covariance.
    degrees_of_freedom : int
        The smaller one of the two designs.
    n_linked : int
        Respondents who took part in both waves and are known to be the same; all others count as independent.
    """

    estimate: FloatArray
    standard_error: FloatArray
    first_variance: FloatArray
    second_variance: FloatArray
    covariance: FloatArray
    degrees_of_freedom: int
    n_linked: int


@dataclass(frozen=True, eq=False)
class Wave:
    """One wave as `change_between_waves` takes it.

    Attributes
    ----------
    design : Design
    values : (n, q) array
        NaN where a respondent has no answer.
    persons : (n,) integer array
        A number per member who consented to linking his answers; -1 for who did not.
    domain : (n,) integer array or None
        As in `estimate_means`.
    """

    design: Design
    values: ArrayLike
    persons: ArrayLike
    domain: ArrayLike | None = None


def change_between_waves(first: Wave, second: Wave, *, n_domains: int = 1) -> WaveChange:
    """Estimate the change in each mean, with the covariance of members who took part in both waves.

    The covariance is the sum over linked first-stage units of the products of their (calibrated, weighted,
    centred) influence values in the two waves: with the same members twice it is the variance of paired
    differences, with none the waves are independent. Both designs must have a single stage. Clusters that share
    a linked person count as the same cluster.

    Raises
    ------
    InputError
        As `estimate_means`; wrong_length when the waves have other numbers of items.
    EstimationError
        person_twice; several_stages.

    References
    ----------
    Kish, L. (1965). Survey Sampling. Wiley, section 12.4; Berger, Y. G. & Priam, R. (2016). A simple variance
    estimator of change for rotating repeated surveys. Journal of the Royal Statistical Society A 179, 251-272.
    """
    means, rows = zip(*(_rows(wave, n_domains) for wave in (first, second)), strict=True)
    if means[0].shape != means[1].shape:
        raise InputError("wrong_length", name="values", expected=means[0].shape[1], got=means[1].shape[1])
    units, n_linked = _linked_units(first, second)
    variances = [np.einsum("ij,ij->j", part, part).reshape(means[0].shape) for part in rows]
    covariance = np.einsum("ij,ij->j", rows[0][units[:, 0]], rows[1][units[:, 1]]).reshape(means[0].shape)
    variance = variances[0] + variances[1] - 2 * covariance
    return WaveChange(
        estimate=means[1] - means[0],
        standard_error=np.sqrt(np.maximum(variance, 0.0)),
        first_variance=variances[0],
        second_variance=variances[1],
        covariance=covariance,
        degrees_of_freedom=min(first.design.degrees_of_freedom(), second.design.degrees_of_freedom()),
        n_linked=n_linked,
    )


def _rows(wave: Wave, n_domains: int) -> tuple[FloatArray, FloatArray]:
    if len(wave.design.stages) > 1:
        raise EstimationError("several_stages", n_stages=len(wave.design.stages))
    means, influence = influence_of_means(wave.design, wave.values, domain=wave.domain, n_domains=n_domains)
    return means, wave.design.scaled_distances(influence.reshape(wave.design.n, -1))


def _linked_units(first: Wave, second: Wave) -> tuple[IntArray, int]:
    keys = [_persons(wave) for wave in (first, second)]
    _, i, j = np.intersect1d(keys[0], keys[1], assume_unique=False, return_indices=True)
    linked = keys[0][i] >= 0
    i, j = i[linked], j[linked]
    pairs = np.stack([first.design.units[i], second.design.units[j]], axis=1)
    return np.unique(pairs, axis=0), int(i.size)


def _persons(wave: Wave) -> IntArray:
    persons = as_codes("persons", wave.persons, 1)
    require_length("persons", persons, wave.design.n)
    known = persons[persons >= 0]
    n_twice = int(known.size - np.unique(known).size)
    if n_twice:
        raise EstimationError("person_twice", count=n_twice)
    return persons
