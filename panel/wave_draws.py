"""The draw of a wave: at most one person per household, everybody or a sample by strata, with its proof.

Only the worker and commands import this: it loads the numbers. The algorithm is the published "sha256-draw/1" of
`analysis.recruitment.draws`; the numbers of the members are the ids, and the lowest number of a household names it.
"""

import csv
import io
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.recruitment.allocation import allocate
from analysis.recruitment.draws import (
    Draw,
    DrawRecord,
    Verification,
    draw_sample,
    one_of_each_household,
    verify_draw,
)
from analysis.recruitment.frames import Frame, sampling_frame
from core import clock
from panel import classes
from panel.models import MemberOrigin
from panel.queries.drawing import Asking, Invitee, askable
from panel.wave_samples import SamplePlan, stratum_key

_ORIGINS = {origin.value: origin for origin in MemberOrigin}
_Profile = tuple[int | None, str, str, str, str]
_MISSING = float("nan")
FRAME_COLUMNS = ("lid", "stratum", "huishouden")


@dataclass(frozen=True)
class DrawnStratum:
    """A stratum of a draw: members who can be asked, those left after one per household, and who was drawn.

    `wanted` is what the plan asks of it when nobody is short.
    """

    stratum: str
    members: int
    households: int
    wanted: float
    drawn: int

    @property
    def is_short(self) -> bool:
        """Whether the plan asks for more people than there are, rounding aside."""
        return self.wanted >= self.households + 0.5


@dataclass(frozen=True, eq=False)
class WaveDraw:
    """Who is invited, the strata, and what is needed to repeat it."""

    people: list[Invitee]
    strata: tuple[DrawnStratum, ...]
    frame: Frame
    record: DrawRecord

    @property
    def households(self) -> int:
        """How many could be drawn: one of each household."""
        return sum(stratum.households for stratum in self.strata)

    def document(self) -> dict[str, Any]:
        """The record and the strata as JSON holds them."""
        return {
            "record": {**asdict(self.record), "sizes": list(self.record.sizes)},
            "strata": [{**asdict(stratum), "short": stratum.is_short} for stratum in self.strata],
        }


@dataclass(frozen=True, eq=False)
class _Askable:
    """The members who can be asked, column by column; `profile` and `stratum` point into the lists."""

    ids: IntArray
    homes: IntArray
    weights: FloatArray
    profile: IntArray
    origin: list[str]
    recruited: list[str]
    profiles: list[Mapping[str, str]]

    def strata(self, by: tuple[str, ...], plan: Iterable[str]) -> tuple[list[str], IntArray]:
        """The names of all strata, those of the plan too, in order, and the place of each member in them."""
        of_profile = [stratum_key(found, by) for found in self.profiles]
        names = sorted({*of_profile, *plan})
        place = {name: n for n, name in enumerate(names)}
        codes = np.array([place[name] for name in of_profile], dtype=np.int64)
        return names, codes[self.profile]


def draw_wave(asking: Asking, seed: int, plan: SamplePlan | None = None) -> WaveDraw | None:
    """Draw who is invited; None when nobody can be asked.

    Self-registered members have no inclusion probability. They get the mean weight of the drawn members as a
    pseudo-weight, so that both stand on one scale; `origin` keeps them apart.
    """
    found = _load(asking)
    if found.ids.size == 0:
        return None
    by, asked = (plan.by, plan.strata) if plan else ((), {})
    names, codes = found.strata(by, asked)
    frame = sampling_frame(map(str, found.ids.tolist()), strata=codes, n_strata=len(names), households=found.homes)
    left = one_of_each_household(frame, str(seed))
    members, households = (np.bincount(codes[rows], minlength=len(names)) for rows in (slice(None), left))
    wanted, sizes = _sizes(plan, names, members, households)
    drawn = draw_sample(frame, sizes, str(seed), one_per_household=True)
    strata = zip(names, members.tolist(), households.tolist(), wanted.tolist(), sizes.tolist(), strict=True)
    return WaveDraw(_people(found, drawn), tuple(DrawnStratum(*row) for row in strata), frame, drawn.record)


def invitable(announced_at: datetime, *, districts: Sequence[str] = (), seed: int, wave_ref: str = "") -> list[Invitee]:
    """Everybody who is invited when nothing but one person per household is drawn."""
    drawn = draw_wave(Asking(announced_at, districts, wave_ref), seed)
    return drawn.people if drawn else []


def _load(asking: Asking) -> _Askable:
    """Read the members once into columns: a large panel is in memory as numbers only."""
    ids, homes, weights, profile = array("q"), array("q"), array("d"), array("q")
    origin: list[str] = []
    recruited: list[str] = []
    home_of: dict[str, int] = {}
    known: dict[_Profile, int] = {}
    texts: dict[str, str] = {}
    for number, home, weight, stratum, source, *rest in askable(asking):
        ids.append(number)
        homes.append(home_of.setdefault(home, number) if home else number)
        weights.append(_MISSING if weight is None else weight)
        profile.append(known.setdefault(tuple(rest), len(known)))
        origin.append(texts.setdefault(source, source))
        recruited.append(texts.setdefault(stratum, stratum))
    profiles = _classes(known, clock.to_amsterdam(asking.announced_at).date())
    return _Askable(
        np.array(ids, dtype=np.int64),
        np.array(homes, dtype=np.int64),
        np.array(weights, dtype=np.float64),
        np.array(profile, dtype=np.int64),
        origin,
        recruited,
        profiles,
    )


def _classes(known: Iterable[_Profile], on: date) -> list[Mapping[str, str]]:
    """The classes of each profile, worked out once: a large panel has few profiles for its size."""
    return [
        classes.profile_classes(
            birth_year=birth_year, sex=sex, district_code=district, education=education, tenure=tenure, on=on
        )
        for birth_year, sex, district, education, tenure in known
    ]


def _sizes(
    plan: SamplePlan | None, names: Sequence[str], members: IntArray, households: IntArray
) -> tuple[FloatArray, IntArray]:
    """What each stratum is asked for, and how many are drawn of it: never more than there are."""
    if plan is None:
        return households.astype(np.float64), households
    if plan.own_sizes:
        asked = np.array([plan.strata.get(name, 0) for name in names], dtype=np.int64)
        return asked.astype(np.float64), np.minimum(asked, households)
    measure, there = _measure(plan, names, members), households > 0
    n = min(plan.n, int(households.sum()))
    # everybody has a chance: somebody is drawn of every stratum, as far as the sample reaches
    floor = there.astype(np.int64) if n >= int(there.sum()) else np.zeros_like(households)
    return plan.n * measure / measure.sum(), allocate(n, measure, at_least=floor, at_most=households)


def _measure(plan: SamplePlan, names: Sequence[str], members: IntArray) -> FloatArray:
    """The population of each stratum; one without figures (age not known) counts at its share of the members."""
    population = np.array([plan.strata.get(name, 0) for name in names], dtype=np.float64)
    known = population > 0
    counted = float(members[known].sum())
    if counted == 0:
        return members.astype(np.float64)
    return np.where(known, population, members * population.sum() / counted)


def _people(found: _Askable, drawn: Draw) -> list[Invitee]:
    """The drawn members by their numbers, with the weight of the panel times that of the wave."""
    told = ~np.isnan(found.weights)
    pseudo = float(found.weights[told].mean()) if told.any() else 1.0
    weights = np.where(told, found.weights, pseudo)
    rows = np.sort(drawn.chosen)
    sizes = _household_sizes(found.homes)
    into_wave = 1 / drawn.inclusion_probability[rows]
    # a whole factor stays whole: 1 / (1/3) is not 3 on every machine
    nearest = np.rint(into_wave)
    into_wave = np.where(np.abs(into_wave - nearest) < 1e-9, nearest, into_wave)
    columns = (found.ids[rows], weights[rows] * into_wave, found.profile[rows], sizes[rows])
    return [
        Invitee(number, weight, found.recruited[row], _ORIGINS[found.origin[row]], found.profiles[profile], size)
        for row, number, weight, profile, size in zip(rows.tolist(), *(c.tolist() for c in columns), strict=True)
    ]


def _household_sizes(homes: IntArray) -> IntArray:
    _, place, count = np.unique(homes, return_inverse=True, return_counts=True)
    return np.asarray(count[place], dtype=np.int64)


def frame_file(frame: Frame) -> bytes:
    """The frame as it was drawn from: number, stratum and household of everybody who could be asked."""
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\n")
    rows.writerow((*FRAME_COLUMNS, frame.n_strata))
    homes = frame.strata if frame.households is None else frame.households
    rows.writerows(zip(frame.ids, frame.strata.tolist(), homes.tolist(), strict=True))
    return text.getvalue().encode()


def read_frame(content: bytes) -> Frame:
    """The frame of a file made by `frame_file`."""
    rows = csv.reader(io.StringIO(content.decode()), delimiter=";")
    n_strata = int(next(rows)[-1])
    ids: list[str] = []
    strata, homes = array("q"), array("q")
    for number, stratum, home in rows:
        ids.append(number)
        strata.append(int(stratum))
        homes.append(int(home))
    columns = {"strata": np.array(strata, dtype=np.int64), "households": np.array(homes, dtype=np.int64)}
    return sampling_frame(ids, n_strata=n_strata, **columns)


def repeat(frame: Frame, record: Mapping[str, Any]) -> Verification:
    """Repeat the draw of a stored record from its frame."""
    return verify_draw(frame, DrawRecord(**{**record, "sizes": tuple(record["sizes"])}))


def planned_sizes(plan: SamplePlan | None, frame: Frame, seed: str, names: Sequence[str]) -> list[int]:
    """How many the plan draws of each stratum of this frame: what a record must say as well."""
    left: BoolArray = one_of_each_household(frame, seed)
    members = np.bincount(frame.strata, minlength=frame.n_strata)
    households = np.bincount(frame.strata[left], minlength=frame.n_strata)
    return [int(n) for n in _sizes(plan, names, members, households)[1]]


def drawn_numbers(frame: Frame, record: Mapping[str, Any]) -> set[int]:
    """The numbers of the members that a record draws from this frame."""
    drawn = draw_sample(frame, np.array(record["sizes"]), record["seed"], one_per_household=True)
    return {int(frame.ids[row]) for row in drawn.chosen.tolist()}
