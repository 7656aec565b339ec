"""Where members live, as counts: by the wijk of each, and by buurt where a wijk lies in several kernen."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from core import settings
from core.db import db
from panel.models import Member, MemberOrigin, PopulationFigure, PostcodeArea, SetKind
from panel.queries.composition import IN_PANEL
from panel.queries.localities import list_localities
from panel.queries.population import neighbourhoods
from panel.queries.population_sets import chosen_sets

OUTSIDE = "buiten de kernen"
TOO_YOUNG = "0-14"
BLOCK = 1_000
FIRST_DIGITS = re.compile(r"^\d+")
Place = tuple[str, str]  # wijk and buurt; a buurt that is not known is empty
Places = Counter[tuple[MemberOrigin, Place]]


@dataclass(frozen=True)
class Layout:
    """The kern of each buurt, and how many people live there by the newest figures."""

    locality_of: Mapping[str, str]
    inhabitants: Mapping[str, int]

    @property
    def by_district(self) -> dict[str, set[str]]:
        """The kernen in each wijk, by the buurten with inhabitants."""
        found: dict[str, set[str]] = {}
        for neighbourhood, name in self.locality_of.items():
            if self.inhabitants.get(neighbourhood, 0):
                found.setdefault(district_code(neighbourhood), set()).add(name)
        return found

    @property
    def divided(self) -> dict[str, set[str]]:
        """The wijken that lie in several kernen."""
        return {district: names for district, names in self.by_district.items() if len(names) > 1}


def district_code(neighbourhood: str) -> str:
    """The wijk of a buurt, by the numbering of Statistics Netherlands."""
    return f"WK{neighbourhood[2:8]}"


def layout() -> Layout | None:
    """The kernen of the municipality and how many of 15 and over live in each buurt; None without kernen."""
    there = {part.neighbourhood_code: one.name for one in list_localities() for part in one.parts}
    codes = [area.code for area in neighbourhoods()]
    if not there or not codes:
        return None
    return Layout({code: there.get(code, OUTSIDE) for code in codes}, _inhabitants(codes))


def _inhabitants(codes: Collection[str]) -> dict[str, int]:
    """Persons per buurt by the newest figures: of 15 and over, or of all ages where those are not known."""
    sets = [found.id for found in chosen_sets(settings.municipal().gm_code)]
    source = (PopulationFigure.reference, PopulationFigure.set_id)
    statement = (
        select(*source, PopulationFigure.area_code, PopulationFigure.variable, func.sum(PopulationFigure.count))
        .where(
            PopulationFigure.set_id.in_(sets),
            PopulationFigure.area_code.in_(list(codes)),
            PopulationFigure.variable.in_(("population", "age_coarse")),
            PopulationFigure.category != TOO_YOUNG,
        )
        .group_by(*source, PopulationFigure.area_code, PopulationFigure.variable)
    )
    rows = db.session.execute(statement).all()
    # a day that stands in two sets counts once, by the set that was chosen last
    newest = max(((reference, -sets.index(number), number) for reference, number, *_ in rows), default=None)
    found: dict[str, dict[str, int]] = {}
    for reference, number, code, variable, people in rows:
        if newest is not None and (reference, number) == (newest[0], newest[2]):
            found.setdefault(code, {})[variable] = int(people)
    return {code: known.get("age_coarse") or known.get("population", 0) for code, known in found.items()}


def member_places(divided: Collection[str]) -> Places:
    """How many members of each origin live where; the buurt is looked up for the divided districts only."""
    found: Places = Counter()
    known = _postcodes(divided)
    by_district = (
        select(Member.origin, Member.district_code, func.count())
        .where(Member.status.in_(IN_PANEL))
        .group_by(Member.origin, Member.district_code)
    )
    for origin, district, people in db.session.execute(by_district):
        if not known or district not in divided:
            found[origin, (district, "")] += people
    if known:
        found.update(_looked_up(divided, known))
    return found


def _postcodes(divided: Collection[str]) -> dict[tuple[str, int], str]:
    """The buurt per postcode and house number in these wijken; that of a whole postcode only if it is not divided."""
    sets = chosen_sets(settings.municipal().gm_code, kind=SetKind.ADDRESSES)
    if not sets or not divided:
        return {}
    rows = db.session.execute(
        select(PostcodeArea.postcode, PostcodeArea.house_number, PostcodeArea.neighbourhood_code).where(
            PostcodeArea.set_id == sets[0].id,
            PostcodeArea.district_code.in_(list(divided)),
            (PostcodeArea.house_number > 0) | PostcodeArea.divided.is_(False),
        )
    )
    return {(postcode, number): code for postcode, number, code in rows}


def _looked_up(divided: Collection[str], known: Mapping[tuple[str, int], str]) -> Iterable[tuple[MemberOrigin, Place]]:
    """The place of each member of these wijken, one after the other: addresses are decrypted and let go."""
    columns = (Member.origin, Member.district_code, Member.postcode, Member.house_number)
    mine = select(*columns).where(Member.status.in_(IN_PANEL), Member.district_code.in_(list(divided)))
    for origin, district, postcode, number in db.session.execute(mine.execution_options(yield_per=BLOCK)):
        yield origin, (district, _neighbourhood(postcode or "", number or "", known))


def _neighbourhood(postcode: str, house_number: str, known: Mapping[tuple[str, int], str]) -> str:
    digits = FIRST_DIGITS.match(house_number.strip())
    written = "".join(postcode.split()).upper()
    exact = known.get((written, int(digits[0][:9])), "") if digits else ""
    return exact or known.get((written, 0), "")
