"""A group beside the population: one table per variable, with what a perfect draw of the same size would give."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from analysis.errors import AnalysisError
from analysis.estimation.intervals import wilson_interval
from analysis.representation.composition import Composition, chance_shares, compare_composition
from analysis.representation.composition import dissimilarity as dissimilarity_of
from analysis.weighting.margins import Margin
from panel.queries.composition import Counts
from panel.queries.population import PopulationMargin

DRAWS = 2000
DIGITS = 6


def compare(counts: Counts, margins: list[PopulationMargin], rng: np.random.Generator) -> list[dict[str, Any]]:
    """The tables of a group given its counts per variable; a variable in which nobody has a class is left out."""
    made = [_table(counts[m.variable], m, rng) for m in margins if m.variable in counts]
    return [table for table in made if table is not None]


def _table(found: Mapping[str, int], given: PopulationMargin, rng: np.random.Generator) -> dict[str, Any] | None:
    known = [found.get(category, 0) for category in given.categories]
    outside = sum(found.values()) - sum(known)
    codes = np.concatenate([np.repeat(np.arange(len(known)), known), np.full(outside, -1, dtype=np.int64)])
    try:
        compared = compare_composition(codes, _margin(given), rng, n_draws=DRAWS)
    except AnalysisError:
        return None
    return {**source_of(given), **_figures(compared), "rows": _rows(compared, given)}


def compare_weighted(
    shares: Mapping[str, float], given: PopulationMargin, effective_n: float, n: int, rng: np.random.Generator
) -> dict[str, Any]:
    """The same table from weighted shares: intervals on the effective number, chance on the true number."""
    population = np.array(given.counts, dtype=np.float64) / given.total
    share = np.array([shares.get(c, 0.0) for c in given.categories])
    share = share / share.sum()
    interval = wilson_interval(share, effective_n)
    drawn = chance_shares(population, n, rng, n_draws=DRAWS)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    by_chance = np.abs(drawn - population).sum(axis=1) / 2
    rows = [
        _row(given, i, None, (share[i], interval.low[i], interval.high[i]), (population[i], low[i], high[i]), n)
        for i in range(len(given.categories))
    ]
    return {
        **source_of(given),
        "n": n,
        "n_outside": 0,
        "dissimilarity": _short(dissimilarity_of(share, population)),
        "chance_mean": _short(by_chance.mean()),
        "chance_high": _short(np.quantile(by_chance, 0.95)),
        "chi_squared": None,
        "degrees_of_freedom": len(given.categories) - 1,
        "p_value": None,
        "chance_p_value": None,
        "rows": rows,
    }


def source_of(given: PopulationMargin) -> dict[str, Any]:
    """Where the population figures of a table come from."""
    return {
        "variable": given.variable,
        "source": given.source,
        "reference": given.reference.isoformat(),
        "licence": given.licence,
        "attribution": given.attribution,
        "derivation": given.derivation,
        "age_min": given.age_min,
        "age_max": given.age_max,
        "population": given.total,
    }


def _margin(given: PopulationMargin) -> Margin:
    return Margin(given.variable, given.categories, np.array(given.counts, dtype=np.float64))


def _figures(compared: Composition) -> dict[str, Any]:
    infinite = not np.isfinite(compared.chi_squared)
    return {
        "n": int(compared.counts.sum()),
        "n_outside": compared.n_outside,
        "dissimilarity": _short(compared.dissimilarity),
        "chance_mean": _short(compared.chance_mean),
        "chance_high": _short(compared.chance_high),
        "chi_squared": None if infinite else _short(compared.chi_squared),
        "degrees_of_freedom": compared.degrees_of_freedom,
        "p_value": _short(compared.p_value),
        "chance_p_value": _short(compared.chance_p_value),
    }


def _rows(compared: Composition, given: PopulationMargin) -> list[dict[str, Any]]:
    n = int(compared.counts.sum())
    return [
        _row(
            given,
            i,
            int(compared.counts[i]),
            (compared.share[i], compared.low[i], compared.high[i]),
            (compared.population_share[i], compared.chance_share_low[i], compared.chance_share_high[i]),
            n,
        )
        for i in range(len(given.categories))
    ]


def _row(
    given: PopulationMargin,
    position: int,
    count: int | None,
    own: tuple[float, float, float],
    population: tuple[float, float, float],
    n: int,
) -> dict[str, Any]:
    share, low, high = (_short(value) for value in own)
    expected, chance_low, chance_high = (_short(value) for value in population)
    return {
        "category": given.categories[position],
        "label": given.labels[position],
        "count": count,
        "share": share,
        "low": low,
        "high": high,
        "population_share": expected,
        "chance_low": chance_low,
        "chance_high": chance_high,
        "missing": round((expected - share) * n, 1),
        "missing_by_chance": round((expected - chance_low) * n, 1),
    }


def _short(value: float) -> float:
    return round(float(value), DIGITS)
