"""Turn the lines of the contestants into tables: medians, ratios to the product, errors reached, goals."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OURS = "inwonerspanel"
TITLES: Mapping[str, str] = {
    "raking rows": "Raking to five margins, rows in, rows out",
    "raking cells": "Raking to five margins, filled cells of a crosstab in and out",
    "raking solver": "Raking to five margins, the solver alone on cells that were checked before",
    "estimation": "40 shares in 5 breakdowns (1,000 domain means) with standard errors, from raked respondents",
    "replication weights": "500 Rao-Wu bootstrap replicates, created and raked again",
    "replication means": "500 replicates created, raked again, and 40 means with standard errors from them",
}
GOALS: Mapping[tuple[str, int], float] = {
    ("estimation", 1_500): 10.0,
    ("estimation", 50_000): 70.0,
    ("replication weights", 1_500): 85.0,
}
EXACT = 1e-9


@dataclass(frozen=True)
class Row:
    """One call of one contestant at one size."""

    who: str
    version: str
    task: str
    n: int
    call: str
    wall: float
    processor: float
    calls: int
    error: float | None
    memory: float | None
    setting: str
    se_difference: float | None

    @property
    def label(self) -> str:
        """Contestant, version and call."""
        return f"{self.who} {self.version}, {self.call}".replace(" ,", ",")


def row(who: str, version: str, line: Mapping[str, Any], se_difference: float | None) -> Row:
    """Read one line; the product may have run more than once, its times then stand together."""
    return Row(
        who,
        version,
        line["task"],
        line["n"],
        line["call"],
        statistics.median(line["wall"]),
        statistics.median(line["processor"]),
        len(line["wall"]),
        line.get("error"),
        line.get("memory"),
        line.get("setting", ""),
        se_difference,
    )


def tables(rows: Sequence[Row], *, is_busy: bool) -> Iterable[str]:
    """Give one table per task and size, the product first, then its peers from fast to slow."""
    for task, title in TITLES.items():
        for n in sorted({r.n for r in rows if r.task == task}):
            chosen = [r for r in rows if r.task == task and r.n == n]
            yield from _table(f"{title}, n = {n:,}", chosen)
            yield f"  {verdict(chosen, is_busy=is_busy)}\n"


def verdict(rows: Sequence[Row], *, is_busy: bool) -> str:
    """Tell whether the product meets its goal and whether some peer that reached the margins is faster.

    Judged by wall time; on a machine with more work than cores by processor time, as wall time then tells how
    long others kept a call waiting.
    """
    ours = _ours(rows)

    def time_of(r: Row) -> float:
        return r.processor if is_busy else r.wall

    if ours is None:
        return "the product did not run"
    said = []
    goal = GOALS.get((ours.task, ours.n))
    if goal is not None:
        said.append(f"goal {goal:.0f} ms {'met' if time_of(ours) <= goal else 'NOT met'} ({time_of(ours):.1f} ms)")
    peers = [r for r in rows if r.who != OURS and (r.error or 0.0) <= EXACT]
    if not peers:
        return "; ".join([*said, "no peer to compare with"])
    fastest = min(peers, key=time_of)
    ratio = time_of(fastest) / time_of(ours)
    place = "faster than every peer" if ratio > 1 else "SLOWER than a peer"
    said.append(f"{place}: {fastest.label} takes {ratio:.2f} times as long")
    return "; ".join(said)


def faults(rows: Sequence[Row], *, is_busy: bool) -> list[str]:
    """Every goal that is not met and every peer that is faster, for the summary."""
    found = []
    for task in TITLES:
        for n in sorted({r.n for r in rows if r.task == task}):
            said = verdict([r for r in rows if r.task == task and r.n == n], is_busy=is_busy)
            if "NOT met" in said or "SLOWER" in said or "did not run" in said:
                found.append(f"{TITLES[task]}, n = {n:,}: {said}")
    return found


def _ours(rows: Sequence[Row]) -> Row | None:
    return min((r for r in rows if r.who == OURS), key=lambda r: r.wall, default=None)


def _table(title: str, rows: Sequence[Row]) -> Iterable[str]:
    ours = _ours(rows)
    yield f"### {title}\n"
    yield "| contestant | wall ms | ratio | processor ms | ratio | calls | margin error | SE beside R | peak MB |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for r in sorted(rows, key=lambda r: (r.who != OURS, r.wall)):
        ratios = (1.0, 1.0) if ours is None else (r.wall / ours.wall, r.processor / ours.processor)
        label = f"{r.label} ({r.setting})" if r.setting else r.label
        yield (
            f"| {label} | {_figure(r.wall)} | {ratios[0]:.2f} | {_figure(r.processor)} | {ratios[1]:.2f} | {r.calls} "
            f"| {_error(r.error)} | {_error(r.se_difference)} | {'' if r.memory is None else f'{r.memory:.0f}'} |"
        )
    yield ""


def _figure(milliseconds: float) -> str:
    digits = 2 if milliseconds < 10 else 1 if milliseconds < 100 else 0
    return f"{milliseconds:,.{digits}f}"


def _error(error: float | None) -> str:
    return "" if error is None else f"{error:.1e}"
