"""40 yes/no items in 5 breakdowns (1,000 domain means) with calibrated standard errors, at 1,500 and 50,000 members.

Run: OPENBLAS_NUM_THREADS=1 python -m benchmarks.estimation. Beside the time stands the largest relative difference
between the standard errors and those by the influence of every respondent written out.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.estimation.design import Design, raked_design, weighted_design
from analysis.estimation.estimates import Estimates, estimate_breakdowns, estimate_means
from analysis.estimation.linearization import influence_of_means
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.raking import rake

SIZES = (1_500, 50_000)
GOALS = {1_500: 10.0, 50_000: 70.0}
ITEMS = 40
REPEATS = 15
CHECKED = 3
TOTAL = 51_873.0
SHARES: Mapping[str, tuple[float, ...]] = {
    "age": (0.120, 0.131, 0.228, 0.251, 0.138, 0.132),
    "sex": (0.480, 0.520),
    "district": (0.078, 0.062, 0.166, 0.091, 0.034, 0.107, 0.151, 0.139, 0.048, 0.124),
    "education": (0.236, 0.375, 0.389),
    "household": (0.061, 0.297, 0.311, 0.331),
}
Breakdowns = Mapping[str, tuple[IntArray, int]]


@dataclass(frozen=True)
class Row:
    """One way of asking: median wall time, least processor time, agreement with the direct route."""

    name: str
    milliseconds: float
    processor: float
    difference: float


def main() -> None:
    """Print medians for every kind of answers and weights, at both sizes."""
    for n in SIZES:
        print(f"{ITEMS} items x {len(SHARES)} breakdowns, n = {n:,}, {REPEATS} repeats; goal {GOALS[n]:.0f} ms")
        for row in measure(n):
            print(
                f"  {row.name:<58} {row.milliseconds:9.2f} ms wall {row.processor:9.2f} ms processor"
                f"  standard errors within {row.difference:.1e}"
            )


def measure(n: int) -> list[Row]:
    """Time one call for all breakdowns, with equal and unequal base weights, and one call per breakdown."""
    rng = np.random.default_rng(20)
    codes = respondents(rng, n)
    breakdowns = {name: (codes[:, j], len(shares)) for j, (name, shares) in enumerate(SHARES.items())}
    equal, unequal = (design(codes, weights) for weights in (np.ones(n), rng.uniform(0.5, 3.0, n)))
    pairs = weighted_design(equal.weights, clusters=np.arange(n) // 2, calibration=equal.calibration)
    answers = (rng.random((n, ITEMS)) < 0.4).astype(np.float64)
    partly = np.where(rng.random((n, ITEMS)) < 0.05, np.nan, answers)
    asked = [
        ("one call, equal base weights", equal, answers),
        ("one call, equal base weights, 5 % missing", equal, partly),
        ("one call, unequal base weights", unequal, answers),
        ("one call, unequal base weights, 5 % missing", unequal, partly),
        ("one call, equal base weights, scores 1 to 10", equal, np.ceil(rng.random((n, ITEMS)) * 10)),
        ("one call, households of two as sampling units", pairs, answers),
    ]
    rows = [_row(name, d, y, breakdowns, estimate_breakdowns) for name, d, y in asked]
    return [*rows, _row("a call per breakdown, equal base weights", equal, answers, breakdowns, one_by_one)]


def respondents(rng: np.random.Generator, n: int) -> IntArray:
    """Draw (n, 5) codes by the shares of the population, a little off."""
    columns = []
    for shares in SHARES.values():
        tilted = np.array(shares) * rng.uniform(0.7, 1.3, len(shares))
        columns.append(rng.choice(len(shares), n, p=tilted / tilted.sum()))
    return np.stack(columns, axis=1)


def design(codes: IntArray, base_weights: FloatArray) -> Design:
    """Rake to all five margins."""
    margins = tuple(
        Margin(name, tuple(map(str, range(len(shares)))), TOTAL * np.array(shares) / sum(shares))
        for name, shares in SHARES.items()
    )
    return raked_design(rake(codes, base_weights, margins, PanelPopulation(TOTAL)))


def one_by_one(given: Design, values: FloatArray, breakdowns: Breakdowns) -> dict[str, Estimates]:
    """Ask each breakdown by itself."""
    return {
        name: estimate_means(given, values, domain=codes, n_domains=count)
        for name, (codes, count) in breakdowns.items()
    }


def _row(
    name: str,
    given: Design,
    values: FloatArray,
    breakdowns: Breakdowns,
    ask: Callable[[Design, FloatArray, Breakdowns], dict[str, Estimates]],
) -> Row:
    wall, processor = [], []
    for _ in range(REPEATS):
        start, start_processor = time.perf_counter(), time.process_time()
        found = ask(given, values, breakdowns)
        wall.append(time.perf_counter() - start)
        processor.append(time.process_time() - start_processor)
    difference = max(
        _difference(given, values, breakdowns[key], estimates) for key, estimates in found.items() if key != "district"
    )
    return Row(name, 1000 * statistics.median(wall), 1000 * min(processor), difference)


def _difference(given: Design, values: FloatArray, breakdown: tuple[IntArray, int], found: Estimates) -> float:
    codes, count = breakdown
    _, influence = influence_of_means(given, values[:, :CHECKED], domain=codes, n_domains=count)
    direct = np.sqrt(given.variance(influence.reshape(given.n, -1))).reshape(count, CHECKED)
    return float(np.abs(found.standard_error[:, :CHECKED] / direct - 1).max())


if __name__ == "__main__":
    main()
