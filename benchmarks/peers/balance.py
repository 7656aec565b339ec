"""balance: raking of a data frame to a target frame."""

import logging
from functools import partial, reduce
from pathlib import Path

import numpy as np
import pandas as pd
from balance.weighting_methods.rake import rake

from benchmarks import data
from benchmarks.timing import contest, loosest, tell, timed

DEFAULT = 5e-4
CRITERIA = (1e-8, 1e-9, 1e-10, 1e-11, 1e-12)


def raking(folder: Path) -> None:
    """Rows in, rows out: with its default criterion, which stops early, and with one that reaches the target."""
    logging.disable(logging.CRITICAL)
    target = _target()
    for n in data.RAKING_SIZES:
        codes = data.codes(folder, n)
        frame = pd.DataFrame({name: codes[:, j].astype(str) for j, name in enumerate(data.NAMES)})
        work = partial(_weigh, frame, target)
        chosen = loosest(CRITERIA, lambda c, w=work, d=codes: data.margin_error(d, w(c)), data.TARGET)
        for call, criterion in (("rake, default criterion", DEFAULT), ("rake", chosen)):
            error = data.margin_error(codes, work(criterion))
            setting = f"convergence_rate={criterion:.0e}"
            tell("raking rows", n, call, error=error, setting=setting, **timed(partial(work, criterion)))


def _target() -> pd.DataFrame:
    """Return the smallest frame with exactly these margins: every cell, weighted as if the margins were independent."""
    totals = data.totals()
    cells = np.indices([len(t) for t in totals.values()]).reshape(len(totals), -1)
    frame = pd.DataFrame({name: cells[j].astype(str) for j, name in enumerate(totals)})
    shares = [t / data.TOTAL for t in totals.values()]
    return frame.assign(w=data.TOTAL * reduce(np.multiply.outer, shares).ravel())


def _weigh(frame: pd.DataFrame, target: pd.DataFrame, criterion: float) -> data.Numbers:
    made = rake(
        frame,
        pd.Series(np.ones(len(frame))),
        target[list(data.NAMES)],
        target["w"],
        variables=list(data.NAMES),
        transformations=None,
        convergence_rate=criterion,
        rate_tolerance=0.0 if criterion < DEFAULT else 1e-8,
    )
    return np.asarray(made["weight"], dtype=np.float64)


if __name__ == "__main__":
    contest("balance", {"raking": raking})
