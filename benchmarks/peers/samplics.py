"""samplics: raking, and means by domain with the weights taken as fixed (it has no calibrated standard errors)."""

from functools import partial
from pathlib import Path

import numpy as np
from samplics.estimation import TaylorEstimator
from samplics.utils.types import PopParam
from samplics.weighting import SampleWeight

from benchmarks import data
from benchmarks.timing import contest, loosest, once, tell, timed

CRITERIA = (1e-9, 1e-10, 1e-11)
SLOW = 50_000


def raking(folder: Path) -> None:
    """Rows in, rows out."""
    controls = {name: dict(enumerate(t)) for name, t in data.totals().items()}
    for n in data.RAKING_SIZES:
        codes = data.codes(folder, n)
        work = partial(_weigh, codes, controls)
        chosen = loosest(CRITERIA[1:], lambda c, w=work, d=codes: data.margin_error(d, w(c)), data.TARGET)
        error = data.margin_error(codes, work(chosen))
        tell("raking rows", n, "rake", error=error, setting=f"ctrl_tol={chosen:.0e}", **timed(partial(work, chosen)))


def _weigh(codes: data.Codes, controls: dict[str, dict[int, float]], criterion: float) -> data.Numbers:
    margins = {name: codes[:, j] for j, name in enumerate(data.NAMES)}
    # the change between sweeps may be anything: only the margins count
    return np.asarray(
        SampleWeight().rake(np.ones(len(codes)), margins, controls, tol=1.0, ctrl_tol=criterion, max_iter=1000),
        dtype=np.float64,
    )


def estimation(folder: Path) -> None:
    """40 means in 5 breakdowns."""
    controls = {name: dict(enumerate(t)) for name, t in data.totals().items()}
    for n in data.ESTIMATION_SIZES:
        codes, items = data.codes(folder, n), data.items(folder, n)
        work = partial(_estimate, codes, items, _weigh(codes, controls, data.TARGET))
        found, times = once(work)
        if n < SLOW:
            times = timed(work)
        np.save(folder / f"se_samplics_{n}.npy", found)
        tell("estimation", n, "TaylorEstimator.estimate", setting="weights as fixed", **times)


def _estimate(codes: data.Codes, items: data.Numbers, weights: data.Numbers) -> data.Numbers:
    blocks = []
    for j in range(len(data.NAMES)):
        columns = []
        for item in items.T:
            estimator = TaylorEstimator(PopParam.mean)
            estimator.estimate(item, samp_weight=weights, domain=codes[:, j], remove_nan=False)
            columns.append([estimator.stderror[key] for key in sorted(estimator.stderror)])
        blocks.append(np.array(columns).T)
    return np.concatenate(blocks)


if __name__ == "__main__":
    contest("samplics", {"raking": raking, "estimation": estimation})
