"""The design under which figures are estimated, and the linearized variance it gives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray, as_codes, as_floats, column_chunks, require_length
from analysis.errors import EstimationError, InputError
from analysis.weighting.calibration import Calibration
from analysis.weighting.raking import RakingResult


@dataclass(frozen=True, eq=False)
class Design:
    """Weights, sampling design and calibration of n respondents; made by the functions of this module.

    Attributes
    ----------
    weights : (n,) array
    units, strata : (n,) integer arrays
        Sampling unit and stratum of each respondent (0..U-1, 0..H-1).
    unit_stratum : (U,) integer array
    sampling_fraction : (H,) array
        0 means sampled with replacement.
    calibration : Calibration or None
        None treats the weights as fixed.
    """

    weights: FloatArray
    units: IntArray
    strata: IntArray
    unit_stratum: IntArray
    sampling_fraction: FloatArray
    calibration: Calibration | None

    @property
    def n(self) -> int:
        """Number of respondents."""
        return int(self.weights.shape[0])

    def degrees_of_freedom(self, rows: BoolArray | None = None) -> int:
        """Return sampling units minus strata, among `rows` (n,) when given."""
        chosen = slice(None) if rows is None else rows
        return int(np.unique(self.units[chosen]).size - np.unique(self.strata[chosen]).size)

    def covariance(self, influence: FloatArray) -> FloatArray:
        """Return the (q, q) covariance of estimators with `influence` (n, q); meant for small q."""
        totals = self._centred_totals(influence)
        return totals.T @ totals

    def variance(self, influence: FloatArray) -> FloatArray:
        """Return the (q,) variances of estimators with `influence` (n, q).

        Taylor linearization: calibration residuals e of the influence values, times w, added up per sampling
        unit; sum over strata of (1 - f) n/(n-1) sum (z - mean z)^2.
        """
        result = np.empty(influence.shape[1])
        for columns in column_chunks(self.n, influence.shape[1]):
            totals = self._centred_totals(influence[:, columns])
            result[columns] = np.einsum("ij,ij->j", totals, totals)
        return result

    def _centred_totals(self, influence: FloatArray) -> FloatArray:
        residuals = influence if self.calibration is None else self.calibration.residuals(influence)
        totals = _group_sums(residuals * self.weights[:, None], self.units, self.unit_stratum.shape[0])
        n_units = np.bincount(self.unit_stratum).astype(np.float64)
        means = _group_sums(totals, self.unit_stratum, n_units.shape[0]) / n_units[:, None]
        factor = np.sqrt((1.0 - self.sampling_fraction) * n_units / (n_units - 1.0))
        return np.asarray((totals - means[self.unit_stratum]) * factor[self.unit_stratum, None])


def weighted_design(
    weights: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    sampling_fraction: ArrayLike | None = None,
    calibration: Calibration | None = None,
) -> Design:
    """Return the design of respondents with final `weights`.

    Parameters
    ----------
    weights : (n,) array
    strata, clusters : (n,) integer arrays
        By default one stratum, and every respondent a sampling unit.
    sampling_fraction : float or (H,) array
        Units drawn / units in the frame, per stratum in order of its code; default 0 (with replacement).
    calibration : Calibration
        From `RakingResult.calibration`; without it, weights count as fixed.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, no_rows, invalid_value.
    EstimationError
        lonely_stratum, cluster_across_strata.

    References
    ----------
    Deville & Sarndal (1992), JASA 87, 376-382; Lumley, T. (2010). Complex Surveys. Wiley, appendix A.
    """
    w = as_floats("weights", weights, 1)
    if w.shape[0] == 0:
        raise InputError("no_rows", name="weights")
    stratum_codes, stratum = _relabel("strata", strata, w.shape[0], np.zeros(w.shape[0], dtype=np.int64))
    cluster_codes, unit = _relabel("clusters", clusters, w.shape[0], np.arange(w.shape[0], dtype=np.int64))
    unit_stratum = np.zeros(cluster_codes.shape[0], dtype=np.int64)
    unit_stratum[unit] = stratum
    torn = np.flatnonzero(unit_stratum[unit] != stratum)
    if torn.size:
        raise EstimationError("cluster_across_strata", cluster=int(cluster_codes[unit[torn[0]]]))
    lonely = np.flatnonzero(np.bincount(unit_stratum) < 2)
    if lonely.size:
        raise EstimationError("lonely_stratum", stratum=int(stratum_codes[lonely[0]]))
    fraction = _fractions(sampling_fraction, stratum_codes.shape[0])
    return Design(w, unit, stratum, unit_stratum, fraction, calibration)


def raked_design(
    result: RakingResult, *, strata: ArrayLike | None = None, sampling_fraction: ArrayLike | None = None
) -> Design:
    """Return the design of raked weights, with calibration residuals; see `weighted_design` for the rest."""
    return weighted_design(
        result.weights, strata=strata, sampling_fraction=sampling_fraction, calibration=result.calibration
    )


def unweighted_design(n: int) -> Design:
    """Return the design in which all `n` respondents count once."""
    return weighted_design(np.ones(n))


def _relabel(name: str, codes: ArrayLike | None, n: int, default: IntArray) -> tuple[IntArray, IntArray]:
    values = default if codes is None else as_codes(name, codes, 1)
    require_length(name, values, n)
    found, position = np.unique(values, return_inverse=True)
    return found, position.astype(np.int64)


def _fractions(sampling_fraction: ArrayLike | None, n_strata: int) -> FloatArray:
    given = np.asarray(0.0 if sampling_fraction is None else sampling_fraction, dtype=np.float64)
    fractions = np.full(n_strata, given) if given.ndim == 0 else given
    require_length("sampling_fraction", fractions, n_strata)
    if not ((fractions >= 0) & (fractions <= 1)).all():
        raise InputError("invalid_value", name="sampling_fraction", value=given.tolist(), reason="it must lie in 0..1")
    return fractions


def _group_sums(values: FloatArray, groups: IntArray, n_groups: int) -> FloatArray:
    if n_groups == values.shape[0] and (groups == np.arange(n_groups)).all():
        return values
    if n_groups == 1:
        return np.asarray(values.sum(axis=0, keepdims=True))
    sums = np.zeros((n_groups, values.shape[1]))
    np.add.at(sums, groups, values)
    return sums
