"""Raking by the product and by ipfn on a crosstab, call by call in turn: what else the machine does then hits both.

Run: OPENBLAS_NUM_THREADS=1 .venv-bench/bin/python -m benchmarks.duel [rounds]. Processor time, medians, and the margin
error of each; ipfn stops at the loosest of its criteria that brings all margins within 1e-10.
"""

import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import data
from benchmarks.peers import ipfn, ours
from benchmarks.timing import loosest

ROUNDS = 200
LARGE = 1_000_000


@dataclass(frozen=True)
class Contest:
    """What is raked, the product's and ipfn's call, and the margin error of what the product and ipfn return."""

    name: str
    product: Callable[[], data.Numbers]
    peer: Callable[[float], data.Numbers]
    product_error: Callable[[data.Numbers], float]
    peer_error: Callable[[data.Numbers], float]


def main(rounds: int) -> None:
    """Print one line per size, for cells and for rows."""
    print(f"{rounds} rounds (a fifth for a million rows), load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        data.write(Path(name))
        for n in data.RAKING_SIZES:
            for contest in contests(data.codes(Path(name), n)):
                is_long = contest.name == "rows" and n >= LARGE
                print(f"{n:>9,} {line(contest, rounds // 5 if is_long else rounds)}", flush=True)


def contests(codes: data.Codes) -> Iterator[Contest]:
    """Yield the filled cells of the crosstab, which ipfn gives back as a table, and the rows."""
    table = data.crosstab(codes)
    filled = np.argwhere(table).astype(np.int32)
    error = partial(data.margin_error, filled)
    yield Contest(
        "cells",
        partial(ours.cells_in_cells_out, table),
        lambda criterion: ipfn.fit(table.copy(), criterion),
        error,
        lambda fitted: error(fitted[tuple(filled.T)]),
    )
    of_rows = partial(data.margin_error, codes)
    yield Contest(
        "rows", partial(ours.rows_in_rows_out, codes), partial(ipfn.rows_in_rows_out, codes), of_rows, of_rows
    )


def line(contest: Contest, rounds: int) -> str:
    """Measure both and return medians, their ratio and both margin errors."""
    criterion = loosest(ipfn.CRITERIA, lambda c: contest.peer_error(contest.peer(c)), data.TARGET)
    peer = partial(contest.peer, criterion)
    my_error, their_error = contest.product_error(contest.product()), contest.peer_error(peer())
    mine, theirs = (statistics.median(times) for times in in_turn((contest.product, peer), rounds))
    return (
        f"{contest.name:<5} product {mine:7.3f} ms, error {my_error:.1e}; "
        f"ipfn {theirs:7.3f} ms, error {their_error:.1e}; ipfn / product {theirs / mine:.2f}"
    )


def in_turn(calls: tuple[Callable[[], Any], ...], rounds: int) -> tuple[list[float], ...]:
    """Return milliseconds of processor time of every call, the order turned round each time."""
    times: tuple[list[float], ...] = tuple([] for _ in calls)
    gc.collect()
    for turn in range(rounds):
        for k in range(len(calls)) if turn % 2 else reversed(range(len(calls))):
            start = time.process_time()
            calls[k]()
            times[k].append(1000 * (time.process_time() - start))
    return times


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
