"""Made-up designs, and a slow second route to their variances, for the tests of estimation."""

import numpy as np

from analysis.estimation.design import weighted_design
from analysis.weighting.raking import rake
from tests.unit.analysis.samples import AGE, POPULATION, SEX, base_weights, codes


def raked(n=120, seed=3):
    return rake(codes(n, seed), base_weights(n, seed + 1), (SEX, AGE), POPULATION)


def leave_out(design, estimate):
    """Standard error of `estimate(weights)` by leaving out each first-stage unit in turn (stratified jackknife)."""
    n_units = np.bincount(design.unit_stratum)
    total = np.zeros_like(np.asarray(estimate(design.weights)))
    for h, count in enumerate(n_units):
        replicates = []
        for unit in np.flatnonzero(design.unit_stratum == h):
            scale = np.where(design.strata == h, count / (count - 1), 1.0)
            replicates.append(estimate(np.where(design.units == unit, 0.0, design.weights * scale)))
        spread = np.array(replicates) - np.mean(replicates, axis=0)
        factor = (1 - design.sampling_fraction[h]) * (count - 1) / count
        total = total + factor * (spread**2).sum(axis=0)
    return np.sqrt(total)


def any_design(rng, n=90, *, is_raked=True, has_strata=True, fraction=0.3, clusters=None):
    """A design with unequal weights, raked to sex and age, in three strata."""
    result = raked(n, int(rng.integers(0, 1000)))
    return weighted_design(
        result.weights,
        strata=rng.permutation(np.arange(n) % 3) if has_strata else None,
        clusters=clusters,
        sampling_fraction=fraction,
        calibration=result.calibration if is_raked else None,
    )


def tilt(design, estimate, step=1e-4):
    """Standard error of `estimate(weights)` by weighing each first-stage unit a little more and a little less."""
    total = 0.0
    for h, count in enumerate(np.bincount(design.unit_stratum)):
        slopes = []
        for unit in np.flatnonzero(design.unit_stratum == h):
            change = np.where(design.units == unit, step, 0.0)
            up, down = estimate(design.weights * (1 + change)), estimate(design.weights * (1 - change))
            slopes.append((up - down) / (2 * step))
        total += (1 - design.sampling_fraction[h]) * count * np.var(slopes, ddof=1)
    return np.sqrt(total)
