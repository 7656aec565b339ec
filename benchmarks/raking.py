"""Raking 1,500 members to five margins: ours against ipfn and weightipy, on the same rows, in one run."""

import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import pandas as pd
import weightipy
from ipfn.ipfn import ipfn

from analysis.arrays import FloatArray, IntArray
from analysis.weighting.margins import Margin, PanelPopulation
from analysis.weighting.raking import prepare_raking, rake
from analysis.weighting.solvers import Method

MEMBERS = 1_500
REPEATS = 15
TARGET = 1e-10
TOTAL = 51_873.0
SHARES = (
    (0.120, 0.131, 0.228, 0.251, 0.138, 0.132),
    (0.480, 0.520),
    (0.078, 0.062, 0.166, 0.091, 0.034, 0.107, 0.151, 0.139, 0.048, 0.124),
    (0.236, 0.375, 0.389),
    (0.061, 0.297, 0.311, 0.331),
)


@dataclass(frozen=True)
class Timing:
    """One contestant: what it did, the median of its times, the margin error it reached."""

    name: str
    milliseconds: float
    margin_error: float


def main() -> None:
    """Print medians, ratios and the reached margin error; the fastest peer on equal input is the measure."""
    codes = _respondents()
    margins = _margins()
    rows = [
        _measure("ours, rows in, rows out", codes, lambda: _ours(codes, margins)),
        _measure("ours, rows, iterative fitting", codes, lambda: _ours(codes, margins, Method.PROPORTIONAL_FITTING)),
        _measure(f"ipfn {version('ipfn')}, crosstab made by the caller, rows out", codes, lambda: _ipfn(codes)),
        _measure(f"weightipy {version('weightipy')}, data frame", codes, _weightipy(codes)),
    ]
    print(f"Raking {MEMBERS} members to {len(SHARES)} margins, {REPEATS} repeats, median wall time")
    for row in rows:
        print(
            f"  {row.name:<52} {row.milliseconds:8.2f} ms  x{row.milliseconds / rows[0].milliseconds:6.1f}"
            f"  margin error {row.margin_error:.1e}"
        )
    print("On cells alone (crosstab ready, weights per cell):")
    for name, milliseconds in _cells_alone(codes, margins):
        print(f"  {name:<52} {milliseconds:8.2f} ms")


def _respondents() -> IntArray:
    """Draw members who answer unevenly, so that there is something to weigh."""
    rng = np.random.default_rng(355)
    columns = []
    for shares in SHARES:
        skewed = np.array(shares) * np.linspace(0.6, 1.4, len(shares))
        columns.append(rng.choice(len(shares), MEMBERS, p=skewed / skewed.sum()))
    return np.stack(columns, axis=1).astype(np.int64)


def _margins() -> tuple[Margin, ...]:
    return tuple(
        Margin(f"m{j}", tuple(f"c{k}" for k in range(len(shares))), np.array(shares) / sum(shares) * TOTAL)
        for j, shares in enumerate(SHARES)
    )


def _ours(codes: IntArray, margins: tuple[Margin, ...], method: Method | None = None) -> FloatArray:
    return rake(codes, np.ones(MEMBERS), margins, PanelPopulation(TOTAL), method=method).weights


def _crosstab(codes: IntArray) -> FloatArray:
    table = np.zeros([len(shares) for shares in SHARES])
    np.add.at(table, tuple(codes.T), 1.0)
    return table


def _fit(table: FloatArray) -> FloatArray:
    aggregates = [margin.totals for margin in _margins()]
    fitted = ipfn(
        table,
        aggregates,
        [[j] for j in range(len(SHARES))],
        convergence_rate=TARGET,
        rate_tolerance=0.0,
        max_iteration=1000,
    ).iteration()
    return np.asarray(fitted, dtype=np.float64)


def _ipfn(codes: IntArray) -> FloatArray:
    table = _crosstab(codes)
    fitted = _fit(table.copy())
    position = tuple(codes.T)
    weights: FloatArray = fitted[position] / table[position]
    return weights


def _weightipy(codes: IntArray) -> Callable[[], FloatArray]:
    frame = pd.DataFrame({f"m{j}": codes[:, j] for j in range(len(SHARES))})
    targets = {
        f"m{j}": {k: 100 * share / sum(shares) for k, share in enumerate(shares)} for j, shares in enumerate(SHARES)
    }

    def weigh() -> FloatArray:
        scheme = weightipy.scheme_from_dict(targets, rim_params={"convcrit": 1e-12})
        weighted = weightipy.weight_dataframe(frame.copy(), scheme, weight_column="w")
        weights: FloatArray = weighted["w"].to_numpy(dtype=np.float64) * (TOTAL / MEMBERS)
        return weights

    return weigh


def _margin_error(codes: IntArray, weights: FloatArray) -> float:
    return max(
        float(np.abs(np.bincount(codes[:, j], weights=weights) / margin.totals - 1).max())
        for j, margin in enumerate(_margins())
    )


def _median(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def _measure(name: str, codes: IntArray, work: Callable[[], FloatArray]) -> Timing:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Timing(name, _median(work), _margin_error(codes, work()))


def _cells_alone(codes: IntArray, margins: tuple[Margin, ...]) -> list[tuple[str, float]]:
    prepared = prepare_raking(codes, np.ones(MEMBERS), margins, PanelPopulation(TOTAL))
    table = _crosstab(codes)
    return [
        ("ours", _median(lambda: prepared.solve(prepared.base_weights))),
        ("ipfn", _median(lambda: _fit(table.copy()))),
    ]


if __name__ == "__main__":
    main()
