"""Over many draws of respondents: weighting mends what follows the profile, and cannot mend trust."""

import numpy as np
import pytest

from analysis.arrays import FloatArray, IntArray
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.raking import prepare_raking
from analysis.weighting.trimming import rake_and_trim
from portal.demonstration.opinions import true_answers
from portal.demonstration.population import SyntheticPopulation, draw_population
from portal.demonstration.sampling import draw_sample

N_DRAWS = 12
VARIABLES = ("sex", "age", "district", "education")


@pytest.fixture(scope="module")
def population() -> SyntheticPopulation:
    """The invented municipality of the demonstration."""
    return draw_population(2021)


@pytest.fixture(scope="module")
def draws(population: SyntheticPopulation) -> list[tuple[IntArray, FloatArray]]:
    """Respondents and their weights, drawn as the demonstration recruits, weighted as the product weighs."""
    grown = population.is_eligible
    margins, columns = [], []
    for variable in VARIABLES:
        categories, codes = np.unique(population.categories(variable), return_inverse=True)
        counts = np.bincount(codes[grown], minlength=categories.size).astype(np.float64)
        present = np.flatnonzero(counts)
        position = np.full(categories.size, -1)
        position[present] = np.arange(present.size)
        margins.append(Margin(variable, tuple(str(c) for c in categories[present]), counts[present]))
        columns.append(position[codes])
    made = []
    for number in range(N_DRAWS):
        rng = np.random.default_rng([99, number])
        sample = draw_sample(population, 12_000, 0, rng)
        chances = (population.join_propensity * population.answer_propensity)[sample.residents]
        answers = rng.random(chances.size) < chances
        who, base = sample.residents[answers], 1 / sample.chances[answers]
        codes = np.stack([column[who] for column in columns], axis=1)
        prepared = prepare_raking(codes, base, margins, PanelPopulation(float(grown.sum())))
        made.append((who, rake_and_trim(prepared, lower=0.2, upper=8.0).raking.weights))
    return made


def mean_gaps(
    population: SyntheticPopulation, draws: list[tuple[IntArray, FloatArray]], key: str, options: tuple[int, ...]
) -> tuple[float, float]:
    """Unweighted and weighted share minus the truth, on average over the draws."""
    holds = np.isin(true_answers(population, key), options)
    truth = holds[population.is_eligible].mean()
    plain = np.mean([holds[who].mean() for who, _ in draws])
    weighted = np.mean([np.average(holds[who], weights=weights) for who, weights in draws])
    return float(plain - truth), float(weighted - truth)


def test_weighting_repairs_the_question_on_speed(
    population: SyntheticPopulation, draws: list[tuple[IntArray, FloatArray]]
) -> None:
    plain, weighted = mean_gaps(population, draws, "speed_limit", (1,))
    assert plain > 0.08
    assert abs(weighted) < 0.025


def test_weighting_leaves_trust_as_wrong_as_it_was(
    population: SyntheticPopulation, draws: list[tuple[IntArray, FloatArray]]
) -> None:
    plain, weighted = mean_gaps(population, draws, "trust", (3, 4))
    assert plain > 0.15
    assert weighted > 0.12
