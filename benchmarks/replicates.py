"""500 bootstrap replicates of 1,500 members, each raked again to five margins, and 40 means with standard errors."""

import statistics
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.estimation.replicate_calibration import recalibrate
from analysis.estimation.replicate_estimates import replicate_means
from analysis.estimation.replicate_weights import rescaled_bootstrap
from analysis.estimation.replicates import Replicates
from analysis.weighting.margins import Margin, PanelPopulation

MEMBERS = 1_500
REPLICATES = 500
ITEMS = 40
REPEATS = 9
TOTAL = 51_873.0
SHARES = (
    (0.120, 0.131, 0.228, 0.251, 0.138, 0.132),
    (0.480, 0.520),
    (0.078, 0.062, 0.166, 0.091, 0.034, 0.107, 0.151, 0.139, 0.048, 0.124),
    (0.236, 0.375, 0.389),
    (0.061, 0.297, 0.311, 0.331),
)


def main() -> None:
    """Print medians of wall time, the worst margin error of all replicates, and the memory that it took."""
    codes, margins, items = respondents(), population_margins(), answers()
    made = create_and_rake(codes, margins)
    print(f"{REPLICATES} rescaled bootstrap replicates, {MEMBERS} members, {len(SHARES)} margins, {REPEATS} repeats")
    for name, work in (
        ("draw", draw),
        ("draw and rake", lambda: create_and_rake(codes, margins)),
        (f"{ITEMS} means from them", lambda: replicate_means(made, items)),
        (f"draw, rake, {ITEMS} means", lambda: replicate_means(create_and_rake(codes, margins), items)),
    ):
        wall, processor = median_milliseconds(work)
        print(f"  {name:<32} {wall:8.1f} ms wall  {processor:8.1f} ms processor   peak {peak_megabytes(work):6.1f} MB")
    print(f"  worst margin error of all replicates, from the weights of the members: {worst_error(codes, made):.1e}")


def respondents() -> IntArray:
    """Draw members who answer unevenly, so that there is something to weigh."""
    rng = np.random.default_rng(355)
    columns = []
    for shares in SHARES:
        skewed = np.array(shares) * np.linspace(0.6, 1.4, len(shares))
        columns.append(rng.choice(len(shares), MEMBERS, p=skewed / skewed.sum()))
    return np.stack(columns, axis=1).astype(np.int64)


def population_margins() -> tuple[Margin, ...]:
    """Return the five margins in counts."""
    return tuple(
        Margin(f"m{j}", tuple(f"c{k}" for k in range(len(shares))), np.array(shares) / sum(shares) * TOTAL)
        for j, shares in enumerate(SHARES)
    )


def answers() -> FloatArray:
    """Return 40 items of 0 and 1."""
    rng = np.random.default_rng(40)
    return (rng.random((MEMBERS, ITEMS)) < np.linspace(0.05, 0.95, ITEMS)).astype(np.float64)


def draw() -> Replicates:
    """Draw the replicates."""
    return rescaled_bootstrap(np.ones(MEMBERS), REPLICATES, np.random.default_rng(1))


def create_and_rake(codes: IntArray, margins: tuple[Margin, ...]) -> Replicates:
    """Draw the replicates and bring each to the margins."""
    return recalibrate(draw(), codes, margins, PanelPopulation(TOTAL))


def worst_error(codes: IntArray, replicates: Replicates) -> float:
    """Return the largest relative error over margins, categories and replicates, summed from member weights."""
    weights = replicates.weight_matrix()
    worst = 0.0
    for j, margin in enumerate(population_margins()):
        for k, total in enumerate(margin.totals):
            worst = max(worst, float(np.abs(weights[codes[:, j] == k].sum(axis=0) / total - 1.0).max()))
    return worst


def median_milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return the medians of wall and processor time of `work` after one trial."""
    work()
    walls, processors = [], []
    for _ in range(REPEATS):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return statistics.median(walls) * 1000, statistics.median(processors) * 1000


def peak_megabytes(work: Callable[[], object]) -> float:
    """Return the largest memory in use during `work`."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


if __name__ == "__main__":
    main()
