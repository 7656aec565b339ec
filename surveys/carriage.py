"""What a response may carry: decided before the first mail, so that nobody is singled out by their classes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from surveys.labels import PROFILE_VARIABLE

CELL = 10
SHARE = 0.95


@dataclass(frozen=True)
class Carriage:
    """The breakdown classes that a response keeps, those left out and why, and how the cells are filled."""

    breakdowns: tuple[str, ...]
    left_out: tuple[str, ...]
    note: str
    share_in_cells: float
    alone: int

    def to_json(self) -> dict[str, Any]:
        """The decision as JSON holds it."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


def cells(people: Iterable[Mapping[str, Any]], variables: Sequence[str]) -> Counter[tuple[str, ...]]:
    """How many people there are in each combination of classes."""
    return Counter(tuple(str(p.get(v, "")) for v in variables) for p in people)


def fits(people: Sequence[Mapping[str, Any]], variables: Sequence[str]) -> tuple[float, int]:
    """The share of people in cells of ten or more, and how many are alone in theirs."""
    counted = cells(people, variables)
    inside = sum(n for n in counted.values() if n >= CELL)
    return inside / max(1, len(people)), sum(1 for n in counted.values() if n == 1)


def decide(people: Sequence[Mapping[str, Any]], breakdowns: Sequence[str]) -> Carriage:
    """Keep the breakdown classes while ≥ 95 % sit in cells of ten or more and nobody is alone.

    The last one named goes first: the plan names them in order of importance.
    """
    kept, left = list(breakdowns), []
    share, alone = fits(people, kept)
    while kept and (share < SHARE or alone):
        left.append(kept.pop())
        share, alone = fits(people, kept)
    note = ""
    if left:
        note = (
            "Deze groepen worden niet apart getoond, omdat er anders mensen te herkennen zouden zijn: "
            + ", ".join(PROFILE_VARIABLE.get(name, name) for name in left)
            + "."
        )
    return Carriage(tuple(kept), tuple(left), note, round(share, 4), alone)


def weight_classes(weights: Sequence[float]) -> dict[float, float]:
    """The class of each base weight: the mean of a run of neighbouring weights shared by ten people or more."""
    counted = sorted(Counter(weights).items())
    runs: list[list[tuple[float, int]]] = []
    for weight, n in counted:
        if runs and sum(m for _, m in runs[-1]) < CELL:
            runs[-1].append((weight, n))
        else:
            runs.append([(weight, n)])
    if len(runs) > 1 and sum(n for _, n in runs[-1]) < CELL:
        last = runs.pop()
        runs[-1] += last
    return {weight: _mean(run) for run in runs for weight, _ in run}


def _mean(run: Sequence[tuple[float, int]]) -> float:
    if len(run) == 1:
        return run[0][0]
    return round(sum(w * n for w, n in run) / sum(n for _, n in run), 6)
