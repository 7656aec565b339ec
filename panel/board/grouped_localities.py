"""Kernen on the board: what figures per wijk and per buurt allow to say about groups of buurten.

A wijk that lies in one kern says the kern of its members. In a wijk that lies in several it takes their buurt; where
too few are known by that, the kernen of the wijk stay together, so that nobody is counted where they may not live.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from panel.labels import listed
from panel.models import MemberOrigin
from panel.queries.member_places import OUTSIDE, Layout, Place, Places, district_code
from panel.queries.population import PopulationMargin

VARIABLE = "locality"
# with fewer members known by buurt the others could turn the picture
KNOWN_ENOUGH = 0.95
TOGETHER = "Daarom staan deze kernen samen."
LEFT_OUT = "Daarom is er geen vergelijking per kern."


@dataclass(frozen=True)
class Grouping:
    """The kernen that can be told apart, under the name of their group; `unknown` are the wijken where they cannot."""

    layout: Layout
    group_of: Mapping[str, str]
    unknown: tuple[str, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the groups; what lies outside every kern comes last."""
        names = dict.fromkeys(self.group_of.values())
        return tuple(sorted(names, key=lambda name: (name == OUTSIDE, name)))

    def of(self, place: Place) -> str:
        """The group of a place, empty when it is not known."""
        district, neighbourhood = place
        groups = {self.group_of[name] for name in self.layout.by_district.get(district, ())}
        if len(groups) == 1:
            return next(iter(groups))
        return self.group_of.get(self.layout.locality_of.get(neighbourhood, ""), "")


def group(layout: Layout, places: Mapping[Place, int]) -> Grouping:
    """Which kernen can be told apart given the places of all members; the others are taken together."""
    unknown = tuple(sorted(d for d in layout.divided if not _known_enough(layout, d, places)))
    names = sorted(set().union(*layout.by_district.values()))
    together = {name: frozenset({name}) for name in names}
    for district in unknown:
        joined = frozenset().union(*(together[name] for name in layout.by_district[district]))
        together |= dict.fromkeys(joined, joined)
    return Grouping(layout, {name: _words(joined) for name, joined in together.items()}, unknown)


def _known_enough(layout: Layout, district: str, places: Mapping[Place, int]) -> bool:
    mine = {neighbourhood: people for (where, neighbourhood), people in places.items() if where == district}
    known = sum(people for neighbourhood, people in mine.items() if neighbourhood in layout.locality_of)
    return bool(mine) and known >= KNOWN_ENOUGH * sum(mine.values())


def _words(names: Iterable[str]) -> str:
    return listed(sorted(names, key=lambda name: (name == OUTSIDE, name)))


def margin(grouping: Grouping, district: PopulationMargin) -> PopulationMargin | None:
    """The inhabitants per group, from those per district; None when there is nothing to tell apart."""
    counts = dict.fromkeys(grouping.groups, 0.0)
    for code, people in zip(district.categories, district.counts, strict=True):
        for name, part in _parts(grouping, code).items():
            counts[name] += people * part
    if len(counts) < 2 or not all(counts.values()):
        return None
    names = tuple(counts)
    return replace(
        district,
        variable=VARIABLE,
        categories=names,
        labels=names,
        counts=tuple(round(people) for people in counts.values()),
        derivation=f"{district.derivation}. Een wijk met meer kernen is verdeeld naar de inwoners per buurt",
    )


def _parts(grouping: Grouping, district: str) -> dict[str, float]:
    """The part of a district that lives in each group."""
    layout = grouping.layout
    mine = {code: n for code, n in layout.inhabitants.items() if district_code(code) == district and n}
    found: Counter[str] = Counter()
    for code, people in mine.items():
        found[grouping.of((district, code))] += people
    return {name: people / sum(mine.values()) for name, people in found.items() if name}


def remark(grouping: Grouping, district_names: Mapping[str, str], *, compared: bool) -> str:
    """Why kernen stand together or are not compared, in words; empty when each stands by itself."""
    if not grouping.unknown:
        return ""
    where = listed([district_names.get(code, code) for code in grouping.unknown])
    return f"In {where} liggen meer kernen. Van te veel leden daar is niet bekend in welke buurt zij wonen. " + (
        TOGETHER if compared else LEFT_OUT
    )


@dataclass(frozen=True)
class Localities:
    """The kernen beside the wijken: who lives where, the inhabitants per group, and what the page has to say."""

    places: Places
    grouping: Grouping
    margin: PopulationMargin | None
    remark: str

    def counts(self, origins: Collection[MemberOrigin]) -> Counter[str]:
        """How many members of these origins live in each group."""
        found: Counter[str] = Counter()
        for (origin, place), people in self.places.items():
            if origin in origins:
                found[self.grouping.of(place)] += people
        return found


def localities(layout: Layout, places: Places, district: PopulationMargin) -> Localities:
    """What can be said about the kernen of a municipality."""
    everybody: Counter[Place] = Counter()
    for (_origin, place), people in places.items():
        everybody[place] += people
    grouping = group(layout, everybody)
    names = dict(zip(district.categories, district.labels, strict=True))
    found = margin(grouping, district)
    return Localities(places, grouping, found, remark(grouping, names, compared=found is not None))
