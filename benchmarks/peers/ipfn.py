"""ipfn: a data frame of respondents, and a crosstab that the caller makes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from ipfn.ipfn import ipfn

from benchmarks import data
from benchmarks.timing import contest, loosest, tell, timed

CRITERIA = (1e-8, 1e-9, 1e-10, 1e-11, 1e-12)


def raking(folder: Path) -> None:
    """Crosstab in and out; the same from rows to rows; a data frame of rows."""
    for n in data.RAKING_SIZES:
        codes = data.codes(folder, n)
        _compare("raking rows", n, "crosstab made by the caller", codes, partial(rows_in_rows_out, codes))
        table = data.crosstab(codes)
        filled = np.argwhere(table)
        _compare("raking cells", n, "crosstab", filled, lambda c, t=table: fit(t.copy(), c), tuple(filled.T))
    for n in data.RAKING_SIZES:
        codes = data.codes(folder, n)
        frame = pd.DataFrame(codes, columns=list(data.NAMES)).assign(total=1.0)
        # the algorithm is the crosstab's, so is the criterion that reaches the target
        table = data.crosstab(codes)
        filled = np.argwhere(table)
        chosen = loosest(
            CRITERIA, lambda c, t=table, f=filled: data.margin_error(f, fit(t.copy(), c)[tuple(f.T)]), data.TARGET
        )
        error = data.margin_error(codes, _frame(frame, chosen))
        setting = f"convergence_rate={chosen:.0e}"
        tell("raking rows", n, "data frame", error=error, setting=setting, **timed(partial(_frame, frame, chosen)))


def _compare(
    task: str,
    n: int,
    call: str,
    codes: data.Codes,
    fit: Callable[[float], data.Numbers],
    cells: tuple[data.Codes, ...] | None = None,
) -> None:
    def error(criterion: float) -> float:
        fitted = fit(criterion)
        return data.margin_error(codes, fitted if cells is None else fitted[cells])

    chosen = loosest(CRITERIA, error, data.TARGET)
    tell(task, n, call, error=error(chosen), setting=f"convergence_rate={chosen:.0e}", **timed(partial(fit, chosen)))


def fit(table: data.Numbers, criterion: float) -> data.Numbers:
    """Return a crosstab fitted to the margins; `table` is overwritten."""
    axes = [[j] for j in range(len(data.NAMES))]
    solver = ipfn(
        table,
        list(data.totals().values()),
        axes,
        convergence_rate=criterion,
        rate_tolerance=0.0,
        max_iteration=1000,
    )
    return np.asarray(solver.iteration(), dtype=np.float64)


def rows_in_rows_out(codes: data.Codes, criterion: float) -> data.Numbers:
    """Return a weight (n,) for every respondent, by the crosstab that a caller makes of them."""
    table = data.crosstab(codes)
    with np.errstate(invalid="ignore"):
        ratio = fit(table.copy(), criterion) / table
    flat = np.ravel_multi_index(tuple(codes.T), table.shape)
    return np.asarray(ratio.ravel()[flat])


def _frame(frame: pd.DataFrame, criterion: float) -> data.Numbers:
    margins = []
    for name, margin in data.totals().items():
        index = pd.Index(range(len(margin)), name=name)
        margins.append(pd.Series(margin, index=index))
    solver = ipfn(
        frame.copy(),
        margins,
        [[name] for name in data.NAMES],
        weight_col="total",
        convergence_rate=criterion,
        rate_tolerance=0.0,
        max_iteration=1000,
    )
    return np.asarray(solver.iteration()["total"], dtype=np.float64)


if __name__ == "__main__":
    contest("ipfn", {"raking": raking})
