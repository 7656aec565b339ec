"""Long lane: how often intervals from raked bootstrap replicates hold the truth of the synthetic municipality."""

import numpy as np
import pytest

from analysis.estimation.intervals import logit_interval
from analysis.estimation.replicate_calibration import recalibrate
from analysis.estimation.replicate_estimates import replicate_means
from analysis.estimation.replicate_weights import rescaled_bootstrap
from analysis.weighting.margins import Margin, PanelPopulation
from portal.demonstration.opinions import true_answers
from portal.demonstration.population import draw_population

N_DRAWS, SIZE, N_REPLICATES = 2_000, 800, 200
VARIABLES = ("sex", "age", "district")
KEYS = ("speed_limit", "green_satisfaction")


@pytest.mark.slow
@pytest.mark.heavy
def test_intervals_from_raked_bootstrap_replicates_cover_as_promised() -> None:
    population = draw_population(2021)
    grown = np.flatnonzero(population.is_eligible)
    margins, columns = [], []
    for variable in VARIABLES:
        categories, column = np.unique(population.categories(variable)[grown], return_inverse=True)
        margins.append(Margin(variable, tuple(map(str, categories)), np.bincount(column).astype(np.float64)))
        columns.append(column)
    codes = np.stack(columns, axis=1)
    holds = np.column_stack([true_answers(population, key)[grown] == 1 for key in KEYS]).astype(np.float64)
    truth, rng, hits = holds.mean(axis=0), np.random.default_rng(6), np.zeros(len(KEYS))
    for _ in range(N_DRAWS):
        drawn = rng.choice(grown.size, SIZE, replace=False)
        plain = rescaled_bootstrap(
            np.full(SIZE, grown.size / SIZE), N_REPLICATES, rng, sampling_fraction=SIZE / grown.size
        )
        raked = recalibrate(plain, codes[drawn], margins, PanelPopulation(grown.size))
        shares = replicate_means(raked, holds[drawn])
        limits = logit_interval(shares.estimate, shares.standard_error, shares.degrees_of_freedom)
        hits += ((limits.low <= truth) & (truth <= limits.high))[0]
    assert ((hits / N_DRAWS >= 0.93) & (hits / N_DRAWS <= 0.97)).all()
