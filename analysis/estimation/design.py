"""The design under which figures are estimated, and the linearized variance it gives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    as_code_columns,
    as_floats,
    as_numbers,
    column_chunks,
    require_length,
)
from analysis.errors import InputError
from analysis.estimation.stages import Frame, LonelyUnits, Stage, make_stages
from analysis.weighting.calibration import Calibration
from analysis.weighting.raking import RakingResult


@dataclass(frozen=True, eq=False)
class Design:
    """Weights, sampling design and calibration of n respondents; made by the functions of this module.

    Attributes
    ----------
    weights : (n,) array
    stages : tuple of Stage
        The sample, from the first stage down as far as later stages add to the variance.
    calibration : Calibration or None
        None treats the weights as fixed.
    """

    weights: FloatArray
    stages: tuple[Stage, ...]
    calibration: Calibration | None

    @property
    def units(self) -> IntArray:
        """(n,) first-stage sampling unit of each respondent, 0..U-1."""
        return self.stages[0].units

    @property
    def unit_stratum(self) -> IntArray:
        """(U,) first-stage stratum of each unit, 0..H-1."""
        return self.stages[0].unit_stratum

    @property
    def strata(self) -> IntArray:
        """(n,) first-stage stratum of each respondent."""
        return self.unit_stratum[self.units]

    @property
    def sampling_fraction(self) -> FloatArray:
        """(H,) units drawn / units in the frame; 0 means sampled with replacement."""
        return self.stages[0].sampling_fraction

    @property
    def n(self) -> int:
        """Number of respondents."""
        return int(self.weights.shape[0])

    def degrees_of_freedom(self, rows: BoolArray | None = None) -> int:
        """Return sampling units minus strata, among `rows` (n,) when given, without those of weight nought."""
        chosen = self.weights != 0 if rows is None else rows & (self.weights != 0)
        units = np.unique(self.units[chosen])
        return int(units.size - np.unique(self.unit_stratum[units]).size)

    def covariance(self, influence: FloatArray) -> FloatArray:
        """Return the (q, q) covariance of estimators with `influence` (n, q); meant for small q."""
        totals = self.scaled_distances(influence)
        return totals.T @ totals

    def variance(self, influence: FloatArray) -> FloatArray:
        """Return the (q,) variances of estimators with `influence` (n, q).

        Taylor linearization: calibration residuals e of the influence values, times w, added up per sampling
        unit; sum over strata of (1 - f) n/(n-1) sum (z - mean z)^2, and over the stages below with the
        product of the fractions above. Sarndal, Swensson & Wretman (1992), Model Assisted Survey Sampling,
        Springer, sections 4.3 and 6.6.
        """
        result = np.empty(influence.shape[1])
        for columns in column_chunks(self.n, influence.shape[1]):
            totals = self.scaled_distances(influence[:, columns])
            result[columns] = np.einsum("ij,ij->j", totals, totals)
        return result

    def scaled_distances(self, influence: FloatArray) -> FloatArray:
        """Return rows (units of all stages together, q) whose cross products are the covariance."""
        residuals = influence if self.calibration is None else self.calibration.residuals(influence)
        values = residuals * self.weights[:, None]
        parts = [stage.scaled_distances(values) for stage in self.stages]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


def weighted_design(
    weights: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    sampling_fraction: ArrayLike | None = None,
    population_sizes: ArrayLike | None = None,
    nest: bool = False,
    lonely: LonelyUnits = LonelyUnits.REFUSE,
    calibration: Calibration | None = None,
) -> Design:
    """Return the design of respondents with final `weights`.

    Parameters
    ----------
    weights : (n,) array
        Finite; negative weights only with `calibration` (linear calibration may give them).
    strata, clusters : (n,) or (n, k) integer arrays
        Stratum and sampling unit; one column per stage, the first stage first. By default one stratum, and every
        respondent a sampling unit. Units of a later stage are told apart within the unit above.
    sampling_fraction : float, (H,) array or (n, k) array
        Units drawn / units in the frame: one, per first-stage stratum in order of its code, or per respondent
        and stage. Default 0 (with replacement). Without a fraction in the first stage, later stages add nothing.
    population_sizes : (n,) or (n, k) array
        Instead: units in the frame, in the stratum of each respondent, per stage; infinite for with replacement.
    nest : bool
        Cluster codes are unique within strata only.
    lonely : LonelyUnits
        What a stratum with a single sampling unit adds; by default it is refused.
    calibration : Calibration
        From `RakingResult.calibration`; without it, weights count as fixed.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, no_rows, invalid_value, too_many_stages.
    EstimationError
        lonely_stratum, cluster_across_strata, uneven_stratum, frame_too_small.

    References
    ----------
    Deville & Sarndal (1992), JASA 87, 376-382; Lumley, T. (2010). Complex Surveys. Wiley, appendix A.
    """
    w = as_floats("weights", weights, 1)
    if w.shape[0] == 0:
        raise InputError("no_rows", name="weights")
    _require_weights(w, calibration)
    frame = _frame(w.shape[0], strata, sampling_fraction, population_sizes)
    stages = make_stages(w.shape[0], strata, clusters, frame, nest=nest, lonely=LonelyUnits(lonely))
    return Design(w, stages, calibration)


def selection_weights(
    population_sizes: ArrayLike, *, strata: ArrayLike | None = None, clusters: ArrayLike | None = None
) -> FloatArray:
    """Return the (n,) design weights: product over the stages of units in the frame / units in the sample.

    Parameters and errors as `weighted_design`; for samples in which every unit of the sample answered.
    """
    sizes = as_numbers("population_sizes", population_sizes)
    sizes = _rows_by_stage("population_sizes", sizes, sizes.shape[0] if sizes.ndim else 0)
    design = weighted_design(
        np.ones(sizes.shape[0]),
        strata=strata,
        clusters=clusters,
        population_sizes=sizes,
        lonely=LonelyUnits.CERTAINTY,
    )
    weights = np.ones(design.n)
    for stage in design.stages:
        fraction = stage.sampling_fraction[stage.unit_stratum[stage.units]]
        if not fraction.all():
            raise InputError("invalid_value", name="population_sizes", value=float("inf"), reason="weights need a size")
        weights /= fraction
    return weights


def raked_design(
    result: RakingResult,
    *,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    sampling_fraction: ArrayLike | None = None,
    population_sizes: ArrayLike | None = None,
    nest: bool = False,
    lonely: LonelyUnits = LonelyUnits.REFUSE,
) -> Design:
    """Return the design of raked weights, with calibration residuals; see `weighted_design` for the rest."""
    return weighted_design(
        result.weights,
        strata=strata,
        clusters=clusters,
        sampling_fraction=sampling_fraction,
        population_sizes=population_sizes,
        nest=nest,
        lonely=lonely,
        calibration=result.calibration,
    )


def unweighted_design(n: int) -> Design:
    """Return the design in which all `n` respondents count once."""
    return weighted_design(np.ones(n))


def _require_weights(weights: FloatArray, calibration: Calibration | None) -> None:
    wrong = ~np.isfinite(weights)
    if calibration is None:
        wrong |= weights < 0
    elif calibration.base_weights.shape[0] != weights.shape[0]:
        raise InputError(
            "wrong_length", name="calibration", expected=weights.shape[0], got=calibration.base_weights.shape[0]
        )
    if wrong.any():
        value = float(weights[wrong][0])
        raise InputError("invalid_value", name="weights", value=value, reason="finite and not negative")


def _frame(n: int, strata: ArrayLike | None, fractions: ArrayLike | None, sizes: ArrayLike | None) -> Frame:
    if sizes is not None:
        if fractions is not None:
            raise InputError("invalid_value", name="sampling_fraction", value="both", reason="or population_sizes")
        given = _rows_by_stage("population_sizes", as_numbers("population_sizes", sizes), n)
        if not (given > 0).all():
            raise InputError("invalid_value", name="population_sizes", value=float(given.min()), reason="more than 0")
        return Frame(given, are_sizes=True)
    found = _row_fractions(n, strata, as_numbers("sampling_fraction", 0.0 if fractions is None else fractions))
    if not ((found >= 0) & (found <= 1)).all():
        value = found[~((found >= 0) & (found <= 1))][0]
        raise InputError("invalid_value", name="sampling_fraction", value=float(value), reason="it must lie in 0..1")
    return Frame(found, are_sizes=False)


def _row_fractions(n: int, strata: ArrayLike | None, given: FloatArray) -> FloatArray:
    if given.ndim == 0:
        return np.full((n, 1), given)
    if given.ndim != 1:
        return _rows_by_stage("sampling_fraction", given, n)
    labels = np.zeros(n, dtype=np.int64) if strata is None else as_code_columns("strata", strata, n)[:, 0]
    found, position = np.unique(labels, return_inverse=True)
    require_length("sampling_fraction", given, found.shape[0])
    return given[position][:, None]


def _rows_by_stage(name: str, given: FloatArray, n: int) -> FloatArray:
    """Return `given` (n,) or (n, k) as (n, k)."""
    if given.ndim not in (1, 2):
        raise InputError("wrong_shape", name=name, expected=1, got=given.ndim)
    require_length(name, given, n)
    return given[:, None] if given.ndim == 1 else given
