"""The product's own `analysis`."""

from functools import partial
from pathlib import Path

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.estimation.design import raked_design
from analysis.estimation.estimates import Estimates, estimate_breakdowns
from analysis.estimation.replicate_calibration import recalibrate
from analysis.estimation.replicate_estimates import ReplicateEstimates, replicate_means
from analysis.estimation.replicate_weights import rescaled_bootstrap
from analysis.estimation.replicates import Replicates
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.raking import RakingResult, rake
from benchmarks import data
from benchmarks.timing import contest, first, tell, timed


def margins() -> tuple[Margin, ...]:
    """Return the five margins."""
    return tuple(Margin(name, tuple(map(str, range(len(t)))), t) for name, t in data.totals().items())


def weigh(codes: IntArray, base_weights: FloatArray) -> RakingResult:
    """Rake, with every check that the product makes."""
    return rake(codes, base_weights, margins(), PanelPopulation(data.TOTAL), tolerance=data.TARGET)


def raking(folder: Path) -> None:
    """Rows in, rows out; and the crosstab's filled cells in and out."""
    for n in data.RAKING_SIZES:
        codes = data.codes(folder, n)
        work = partial(rows_in_rows_out, codes)
        tell("raking rows", n, "rake", error=data.margin_error(codes, work()), **timed(work))
        table = data.crosstab(codes)
        cells = partial(cells_in_cells_out, table)
        fitted = cells()
        tell("raking cells", n, "rake", error=data.margin_error(_filled(table), fitted), **timed(cells))
        prepared = weigh(codes, np.ones(n)).prepared
        solver = partial(prepared.solve_cells, prepared.cell_base, data.TARGET)
        tell("raking solver", n, "PreparedRaking.solve_cells", error=solver().max_error, **timed(solver))


def rows_in_rows_out(codes: IntArray) -> FloatArray:
    """Return a weight (n,) for every respondent."""
    return weigh(codes, np.ones(len(codes))).weights


def _filled(table: FloatArray) -> IntArray:
    return np.argwhere(table)


def cells_in_cells_out(table: FloatArray) -> FloatArray:
    """Return weights (c,) of the filled cells of a crosstab."""
    return weigh(_filled(table), table[table > 0]).weights


def estimation(folder: Path) -> None:
    """40 shares in 5 breakdowns with calibrated standard errors, from a raked design."""
    for n in data.ESTIMATION_SIZES:
        codes, items = data.codes(folder, n), data.items(folder, n)
        weighed = weigh(codes, np.ones(n))
        breakdowns = {name: (codes[:, j], len(data.SHARES[name])) for j, name in enumerate(data.NAMES)}

        work = partial(_estimate, weighed, items, breakdowns)

        found, memory = first(work)
        np.save(folder / f"se_ours_{n}.npy", np.concatenate([found[name].standard_error for name in data.NAMES]))
        tell("estimation", n, "estimate_breakdowns", memory=memory, **timed(work))


def _estimate(
    weighed: RakingResult, items: FloatArray, breakdowns: dict[str, tuple[IntArray, int]]
) -> dict[str, Estimates]:
    return estimate_breakdowns(raked_design(weighed), items, breakdowns)


def replication(folder: Path) -> None:
    """500 Rao-Wu bootstrap replicates, each raked again; then 40 means from them."""
    n = data.REPLICATION_SIZE
    codes, items = data.codes(folder, n), data.items(folder, n)

    def make() -> Replicates:
        drawn = rescaled_bootstrap(np.ones(n), data.REPLICATES, np.random.default_rng(1))
        return recalibrate(drawn, codes, margins(), PanelPopulation(data.TOTAL))

    def make_and_estimate() -> ReplicateEstimates:
        return replicate_means(make(), items)

    made, memory = first(make)
    error = data.margin_error(codes, made.weight_matrix())
    tell("replication weights", n, "rescaled_bootstrap, recalibrate", error=error, memory=memory, **timed(make))
    found, memory = first(make_and_estimate)
    np.save(folder / f"rep_ours_{n}.npy", found.standard_error.ravel())
    tell("replication means", n, "and replicate_means", memory=memory, **timed(make_and_estimate))


if __name__ == "__main__":
    contest("", {"raking": raking, "estimation": estimation, "replication": replication})
