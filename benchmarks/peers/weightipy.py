"""weightipy: rim weighting of a data frame."""

from functools import partial
from pathlib import Path

import pandas as pd
import weightipy

from benchmarks import data
from benchmarks.timing import contest, loosest, tell, timed

DEFAULT = 0.01
CRITERIA = (DEFAULT, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12)


def raking(folder: Path) -> None:
    """Rows in, rows out."""
    shares = {name: dict(enumerate(100 * t / data.TOTAL)) for name, t in data.totals().items()}
    for n in data.RAKING_SIZES:
        codes = data.codes(folder, n)
        frame = pd.DataFrame(codes, columns=list(data.NAMES))
        work = partial(_weigh, frame, shares)
        chosen = loosest(CRITERIA, lambda c, w=work, d=codes: data.margin_error(d, w(c)), data.TARGET)
        error = data.margin_error(codes, work(chosen))
        tell("raking rows", n, "weight", error=error, setting=f"convcrit={chosen:.0e}", **timed(partial(work, chosen)))


def _weigh(frame: pd.DataFrame, shares: dict[str, dict[int, float]], criterion: float) -> data.Numbers:
    scheme = weightipy.scheme_from_dict(shares, rim_params={"convcrit": criterion})
    weights: data.Numbers = weightipy.weight(frame, scheme).to_numpy(dtype=float)
    return weights * (data.TOTAL / len(frame))


if __name__ == "__main__":
    contest("weightipy", {"raking": raking})
