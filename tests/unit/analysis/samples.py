"""Small made-up respondents and margins for the tests of the numbers."""

import numpy as np

from analysis.weighting.margins import Margin, PanelPopulation

POPULATION = PanelPopulation(1000.0)
SEX = Margin("sex", ("man", "woman"), np.array([480.0, 520]))
AGE = Margin("age", ("16-34", "35-64", "65+"), np.array([300.0, 450, 250]))


def codes(n=120, seed=3, sizes=(2, 3)):
    rng = np.random.default_rng(seed)
    columns = [rng.permutation(np.arange(n) % size) for size in sizes]
    return np.stack(columns, axis=1)


def base_weights(n=120, seed=4):
    return np.random.default_rng(seed).uniform(0.5, 3.0, n)
