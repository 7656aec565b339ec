"""What the weighing works on: the closed responses as arrays, the population figures and the plan that holds."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analysis.arrays import BoolArray, FloatArray
from surveys.questionnaire import FrozenWave, WeightingPlan

DRAWN = "drawn"


@dataclass(frozen=True, eq=False)
class Responses:
    """The closed responses in the order of their (random) ids."""

    ids: tuple[str, ...]
    answers: tuple[Mapping[str, Any], ...]
    classes: tuple[Mapping[str, str], ...]
    base_weights: FloatArray
    drawn: BoolArray
    late: tuple[bool | None, ...] = ()

    @property
    def n(self) -> int:
        """Number of responses."""
        return len(self.answers)

    @property
    def sides(self) -> tuple[bool | None, ...]:
        """Whether each came late; None where that is not known."""
        return self.late or (None,) * self.n

    def only(self, rows: BoolArray) -> "Responses":
        """The responses of some rows."""
        chosen = np.flatnonzero(rows)
        return Responses(
            tuple(self.ids[i] for i in chosen),
            tuple(self.answers[i] for i in chosen),
            tuple(self.classes[i] for i in chosen),
            self.base_weights[chosen],
            self.drawn[chosen],
            tuple(self.late[i] for i in chosen) if self.late else (),
        )

    def digest(self) -> str:
        """SHA-256 over everything that goes into the figures."""
        rows = [
            [i, dict(a), dict(c), float(w), bool(d), late]
            for i, a, c, w, d, late in zip(
                self.ids, self.answers, self.classes, self.base_weights, self.drawn, self.sides, strict=True
            )
        ]
        return hashlib.sha256(json.dumps(rows, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class PopulationFigures:
    """Population counts of one variable as they were published or derived."""

    variable: str
    categories: tuple[str, ...]
    labels: tuple[str, ...]
    counts: tuple[float, ...]
    unit: str = "person"
    age_min: int = 16
    age_max: int | None = None
    source: str = ""
    reference: str = ""
    status: str = ""
    derivation: str = ""

    def label_of(self, category: str) -> str:
        """The Dutch label of a category, also of merged ones."""
        known = dict(zip(self.categories, self.labels, strict=True))
        return " + ".join(known.get(part, OUTSIDE_LABELS.get(part, part)) for part in category.split(" + "))


def figures_from(document: Mapping[str, Any]) -> PopulationFigures:
    """Population figures back from a document."""
    lists = {name: tuple(document[name]) for name in ("categories", "labels", "counts")}
    return PopulationFigures(**{**document, **lists})


OUTSIDE_LABELS = {
    "other": "anders",
    "undisclosed": "wil niet zeggen",
    "unknown": "onbekend",
    "outside_75_plus": "75 jaar en ouder (opleiding niet bekend)",
}


@dataclass(frozen=True)
class Fieldwork:
    """What is known about who was asked, in counts."""

    invited: int
    answered: int
    invited_drawn: int = 0
    answered_drawn: int = 0
    letters: int = 0
    joined: int = 0


@dataclass(frozen=True)
class Departure:
    """What a person decided to do otherwise than the frozen plan, in public."""

    merges: tuple[tuple[str, str, str], ...] = ()
    dropped: tuple[str, ...] = ()
    trim_low: float | None = None
    trim_high: float | None = None


@dataclass(frozen=True, eq=False)
class WeighingInput:
    """Everything a result document follows from."""

    wave: FrozenWave
    wave_ref: str
    frozen_hash: str
    responses: Responses
    figures: tuple[PopulationFigures, ...]
    fieldwork: Fieldwork
    departure: Departure = field(default_factory=Departure)
    merges: Sequence[tuple[str, str, str]] = ()
    privacy_floor: int = 10
    publication_base: int = 30
    code_version: str = ""

    @property
    def plan(self) -> WeightingPlan:
        """The frozen plan."""
        return self.wave.plan

    @property
    def variables(self) -> tuple[str, ...]:
        """The weighting variables that are left after what was decided."""
        return tuple(v for v in self.plan.variables if v not in self.departure.dropped)

    @property
    def bounds(self) -> tuple[float, float]:
        """The bounds of the weights as factors of their mean."""
        low, high = self.departure.trim_low, self.departure.trim_high
        return (self.plan.trim_low if low is None else low, self.plan.trim_high if high is None else high)

    def figures_of(self, variable: str) -> PopulationFigures | None:
        """The population figures of a variable, or None."""
        return next((f for f in self.figures if f.variable == variable), None)
