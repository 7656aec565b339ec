"""Long lane: how often an interval holds the truth over many simple random draws from the synthetic municipality."""

import numpy as np
import pytest

from analysis.arrays import IntArray
from analysis.estimation.design import raked_design
from analysis.estimation.estimates import estimate_means
from analysis.estimation.intervals import share_intervals
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.raking import rake
from portal.demonstration.opinions import true_answers
from portal.demonstration.population import SyntheticPopulation, draw_population

N_DRAWS = 2_000
SIZE = 800
VARIABLES = ("sex", "age", "district")


def coded(population: SyntheticPopulation) -> tuple[list[Margin], IntArray, IntArray]:
    grown = np.flatnonzero(population.is_eligible)
    margins, columns = [], []
    for variable in VARIABLES:
        categories, codes = np.unique(population.categories(variable)[grown], return_inverse=True)
        margins.append(Margin(variable, tuple(map(str, categories)), np.bincount(codes).astype(np.float64)))
        columns.append(codes)
    return margins, np.stack(columns, axis=1), grown


@pytest.mark.slow
@pytest.mark.heavy
@pytest.mark.parametrize("key", ["speed_limit", "green_satisfaction"])
def test_logit_intervals_after_raking_cover_as_promised(key: str) -> None:
    population = draw_population(2021)
    margins, codes, grown = coded(population)
    holds = (true_answers(population, key)[grown] == 1).astype(np.float64)
    truth, rng, hits = holds.mean(), np.random.default_rng(4), 0
    for _ in range(N_DRAWS):
        drawn = rng.choice(grown.size, SIZE, replace=False)
        raked = rake(codes[drawn], np.full(SIZE, grown.size / SIZE), margins, PanelPopulation(grown.size))
        interval = share_intervals(estimate_means(raked_design(raked), holds[drawn][:, None]))
        hits += bool(interval.low.ravel()[0] <= truth <= interval.high.ravel()[0])
    assert 0.93 <= hits / N_DRAWS <= 0.97
