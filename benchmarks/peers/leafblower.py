"""leafblower: its solvers for raking."""

from functools import partial
from pathlib import Path

import leafblower
import numpy as np
import pandas as pd

from benchmarks import data
from benchmarks.timing import contest, loosest, tell, timed

CRITERIA = (1e-9, 1e-10, 1e-11, 1e-12, 1e-13)
METHODS = ("oris", "raking")


def raking(folder: Path) -> None:
    """Rows in, rows out, by its two fastest methods (newton_kl stops at 1e-7)."""
    shares = {name: {str(k): x / data.TOTAL for k, x in enumerate(t)} for name, t in data.totals().items()}
    for n in data.RAKING_SIZES:
        codes = data.codes(folder, n)
        frame = pd.DataFrame({name: _labels(codes[:, j]) for j, name in enumerate(data.NAMES)})
        for method in METHODS:
            work = partial(_weigh, frame, shares, method)
            chosen = loosest(CRITERIA, lambda c, w=work, d=codes: data.margin_error(d, w(c)), data.TARGET)
            error = data.margin_error(codes, work(chosen))
            setting = f"absolute={chosen:.0e}"
            tell("raking rows", n, f"harvest, {method}", error=error, setting=setting, **timed(partial(work, chosen)))


def _labels(codes: data.Codes) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, [str(k) for k in range(int(codes.max()) + 1)])


def _weigh(frame: pd.DataFrame, shares: dict[str, dict[str, float]], method: str, criterion: float) -> data.Numbers:
    made = leafblower.harvest(
        frame,
        shares,
        method=method,
        max_weight=1e9,
        max_iterations=5000,
        convergence={"absolute": criterion},
        attach_weights=False,
    )
    return np.asarray(made["weights"], dtype=np.float64) * (data.TOTAL / len(frame))


if __name__ == "__main__":
    contest("leafblower", {"raking": raking})
