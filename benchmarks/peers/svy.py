"""svy: raking, calibrated means by domain, replicates raked again."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import svy

from benchmarks import data
from benchmarks.timing import contest, first, loosest, once, tell, timed

CRITERIA = (1e-9, 1e-10, 1e-11)
SLOW = 50_000


def raking(folder: Path) -> None:
    """Rows in, rows out."""
    for n in data.RAKING_SIZES:
        codes = data.codes(folder, n)
        sample = _sample(codes)

        def work(criterion: float, sample: svy.Sample = sample) -> data.Numbers:
            return _weights(_rake(sample, criterion))

        chosen = loosest(CRITERIA[1:], lambda c, w=work, d=codes: data.margin_error(d, w(c)), data.TARGET)
        error = data.margin_error(codes, work(chosen))
        tell(
            "raking rows", n, "weighting.rake", error=error, setting=f"tol={chosen:.0e}", **timed(partial(work, chosen))
        )


def _sample(codes: data.Codes, items: data.Numbers | None = None) -> svy.Sample:
    columns: dict[str, Any] = {name: codes[:, j] for j, name in enumerate(data.NAMES)}
    columns |= {"w": np.ones(len(codes)), "row": np.arange(len(codes))}
    if items is not None:
        columns |= {name: items[:, j] for j, name in enumerate(data.ITEM_NAMES)}
    return svy.Sample(pl.DataFrame(columns), svy.Design(wgt="w", psu="row"))


def _rake(sample: svy.Sample, criterion: float) -> svy.Sample:
    controls = {name: dict(enumerate(t.tolist())) for name, t in data.totals().items()}
    return sample.weighting.rake(controls=controls, tol=criterion, max_iter=1000)


def _weights(sample: svy.Sample) -> data.Numbers:
    return np.asarray(sample.data["rk_wgt"].to_numpy(), dtype=np.float64)


def estimation(folder: Path) -> None:
    """40 means in 5 breakdowns; a list with `by` is the fastest call whose standard errors are calibrated."""
    for n in data.ESTIMATION_SIZES:
        raked = _rake(_sample(data.codes(folder, n), data.items(folder, n)), data.TARGET)
        work = partial(_estimate, raked)
        (found, times), memory = first(partial(once, work))
        if n < SLOW:
            times = timed(work)
        np.save(folder / f"se_svy_{n}.npy", found)
        tell("estimation", n, "estimation.mean(list, by=)", memory=memory, **times)


def _estimate(raked: svy.Sample) -> data.Numbers:
    blocks = []
    for name in data.NAMES:
        found = raked.estimation.mean(list(data.ITEM_NAMES), by=name)
        blocks.append(np.array([[row.se for row in _ordered(one)] for one in found]).T)
    return np.concatenate(blocks)


def _ordered(estimate: Any) -> list[Any]:
    return sorted(estimate.estimates, key=lambda row: float(row.by_level[0]))


def replication(folder: Path) -> None:
    """500 Rao-Wu bootstrap replicates, each raked again; then 40 means from them."""
    n = data.REPLICATION_SIZE
    codes = data.codes(folder, n)
    sample = _sample(codes, data.items(folder, n))
    made, memory = first(partial(_replicate, sample))
    weights = np.column_stack([made.data[f"rk_wgt{r + 1}"].to_numpy() for r in range(data.REPLICATES)])
    error = data.margin_error(codes, weights)
    call = "create_bs_wgts, rake"
    tell("replication weights", n, call, error=error, memory=memory, **timed(partial(_replicate, sample)))

    def both() -> data.Numbers:
        return _means(_replicate(sample))

    found, memory = first(both)
    np.save(folder / f"rep_svy_{n}.npy", found)
    tell("replication means", n, "and estimation.mean(list)", memory=memory, **timed(both))


def _replicate(sample: svy.Sample) -> svy.Sample:
    drawn = sample.weighting.create_bs_wgts(data.REPLICATES, kind="rao-wu", rstate=1)
    return _rake(drawn, data.TARGET)


def _means(made: svy.Sample) -> data.Numbers:
    found = made.estimation.mean(list(data.ITEM_NAMES), method="replication")
    return np.array([one.estimates[0].se for one in found])


TASKS: dict[str, Callable[[Path], None]] = {
    "raking": raking,
    "estimation": estimation,
    "replication": replication,
}

if __name__ == "__main__":
    contest("svy", TASKS)
