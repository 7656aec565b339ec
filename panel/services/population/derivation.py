"""Margins of persons of 16 and over from counts by sex, age, district and education; every step says what it did.

The panel is about persons of 16 and over; Statistics Netherlands publishes 15 to 24 or 15 to 19. Counts by single year
give the margins exactly; else those of 15 are one fifth of 15 to 19 (or one tenth of 15 to 24).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from panel import classes
from panel.labels import age_label
from panel.models import FigureStatus
from panel.services.population.figures import Place

SEXES = {"male": "Man", "female": "Vrouw"}
EDUCATION = {"low": "Laag", "middle": "Midden", "high": "Hoog"}
COARSE = ("0-14", "15-24", "25-44", "45-64", "65+")
FIRST_OF_COARSE = (0, 15, 25, 45, 65)
ROUNDS = 200
FIFTEEN = "15-jarigen = 1/5 van 15-19 jaar"
Table = dict[str, dict[int, float]]


@dataclass(frozen=True)
class Structure:
    """Inhabitants by sex and by class, named by its lowest age; the classes are of one or of five years."""

    table: Table
    reference: date
    source: str
    remark: str = ""

    @property
    def single(self) -> bool:
        """Whether the classes are of one year."""
        return 1 in self.table["male"]


def structure_of(place: Place, reference: date, source: str, remark: str = "") -> Structure | None:
    """The structure that the counts of a municipality hold; None when they hold none."""
    variable = "sex_age1" if ("sex_age1", "male|0") in place.counts else "sex_age5"
    table: Table = {sex: {} for sex in SEXES}
    for (name, category), count in place.counts.items():
        if name == variable:
            sex, _, ages = category.partition("|")
            table[sex][int(ages.split("-")[0].rstrip("+"))] = float(count)
    complete = all(0 in ages and len(ages) >= len(range(0, 75, 5)) for ages in table.values())
    return Structure(table, reference, source, remark) if complete else None


def fit(structure: Structure, municipality: Place) -> Table:
    """The structure scaled in turn to the totals by coarse age and by sex, until both hold."""
    table = {sex: dict(ages) for sex, ages in structure.table.items()}
    coarse = [municipality.counts["age_coarse", c] for c in COARSE]
    group = {low: max(i for i, first in enumerate(FIRST_OF_COARSE) if first <= low) for low in table["male"]}
    for _ in range(ROUNDS):
        for number, total in enumerate(coarse):
            mine = [(sex, low) for sex in table for low in table[sex] if group[low] == number]
            _scale(table, mine, total)
        for sex in SEXES:
            _scale(table, [(sex, low) for low in table[sex]], municipality.counts["sex", sex])
    return table


def _scale(table: Table, cells: Sequence[tuple[str, int]], total: float) -> None:
    present = sum(table[sex][low] for sex, low in cells)
    factor = total / present if present else 0.0
    for sex, low in cells:
        table[sex][low] *= factor


def panel_table(table: Table) -> dict[tuple[str, str], float]:
    """Persons of 16 and over by sex and age class of the panel."""
    single = 1 in table["male"]
    found: dict[tuple[str, str], float] = {}
    for sex, ages in table.items():
        for code, first, last in classes.AGE_CLASSES:
            inside = (
                count * (0.8 if low == 15 and not single else 1.0)
                for low, count in ages.items()
                if (first <= low or (low == 15 and first == 16 and not single)) and (last is None or low <= last)
            )
            found[sex, code] = sum(inside)
    return found


def fifteen(table: Table) -> float:
    """Persons of 15."""
    share = 1.0 if 1 in table["male"] else 0.2
    return share * sum(ages[15] for ages in table.values())


def round_with_sum(values: Sequence[float]) -> list[int]:
    """Whole numbers by largest remainder that keep the rounded sum."""
    whole = [int(v) for v in values]
    missing = round(sum(values)) - sum(whole)
    by_remainder = sorted(range(len(values)), key=lambda i: whole[i] - values[i])
    for i in by_remainder[:missing]:
        whole[i] += 1
    return whole


@dataclass(frozen=True)
class _Text:
    """What every row of a margin says about its origin."""

    gm_code: str
    gm_name: str
    reference: date
    source: str
    derivation: str


def _rows(text: _Text, variable: str, cells: Iterable[tuple[str, str, int]]) -> list[dict[str, Any]]:
    return [
        {
            **vars(text), "variable": variable, "category": category, "label": label, "count": count,
            "area_code": text.gm_code, "area_name": text.gm_name, "position": position, "unit": "person",
            "age_min": 16, "age_max": None, "licence": "CC BY 4.0", "attribution": "Bron: CBS",
            "status": FigureStatus.DERIVED, "margin": True,
        }
        for position, (category, label, count) in enumerate(cells)
    ]  # fmt: skip


def _without_name(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key != "gm_name"} for row in rows]


def sex_and_age(text: _Text, counts: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    """The margins by sex, by age and by both, which add up exactly."""
    sexes = [(s, label, sum(n for (x, _a), n in counts.items() if x == s)) for s, label in SEXES.items()]
    ages = [(a, age_label(a), sum(n for (_s, x), n in counts.items() if x == a)) for a in classes.AGE_CODES]
    both = [
        (f"{s}|{a}", f"{label}, {age_label(a)}", counts[s, a]) for s, label in SEXES.items() for a in classes.AGE_CODES
    ]
    return [*_rows(text, "sex", sexes), *_rows(text, "age", ages), *_rows(text, "sex_age", both)]


def margins_of_structure(structure: Structure, municipality: Place) -> list[dict[str, Any]]:
    """The margins that a count by sex and age gives by itself."""
    words = "per geslacht en leeftijdsjaar" if structure.single else "per geslacht en vijf jaar"
    rest = "; geteld vanaf 16 jaar" if structure.single else f"; {FIFTEEN} en eraf; afgerond op gehele personen"
    remark = f" ({structure.remark})" if structure.remark else ""
    derivation = f"Inwoners {_day(structure.reference)} {words} ({structure.source}){remark}{rest}"
    text = _Text(municipality.code, municipality.name, structure.reference, structure.source, derivation)
    return _without_name(sex_and_age(text, _whole(structure.table)))


def _whole(table: Table) -> dict[tuple[str, str], int]:
    cells = panel_table(table)
    return dict(zip(cells, round_with_sum(list(cells.values())), strict=True))


def _day(on: date) -> str:
    return f"{on.day}-{on.month}-{on.year}"


def margins_of_neighbourhoods(
    municipality: Place, districts: Sequence[Place], structure: Structure | None, reference: date, source: str
) -> list[dict[str, Any]]:
    """The margins that key figures give, with the structure by sex and age that was known at the time."""
    rows: list[dict[str, Any]] = []
    table = None
    if structure is not None and _has_totals(municipality):
        table = fit(structure, municipality)
        both = f"{source}; {structure.source}"
        counted = "geteld vanaf 16 jaar" if structure.single else f"{FIFTEEN} en eraf"
        derivation = (
            f"Inwoners {_day(reference)} per geslacht en per vijf leeftijdsklassen ({source}), daarbinnen verdeeld "
            f"naar de opbouw per geslacht en leeftijd van {_day(structure.reference)} ({structure.source}) met "
            f"herhaald schalen op beide totalen; {counted}; "
            "afgerond op gehele personen met behoud van de som"
        )
        text = _Text(municipality.code, municipality.name, reference, both, derivation)
        rows += sex_and_age(text, _whole(table))
        rows += _education(text, municipality, table, structure)
    rows += _districts(municipality, districts, table, reference, source)
    return _without_name(rows)


def _has_totals(place: Place) -> bool:
    return all(("age_coarse", c) in place.counts for c in COARSE) and all(("sex", s) in place.counts for s in SEXES)


def _districts(
    municipality: Place, districts: Sequence[Place], table: Table | None, reference: date, source: str
) -> list[dict[str, Any]]:
    if not districts or any(("age_coarse", c) not in d.counts for d in districts for c in COARSE[1:]):
        return []
    share = 0.1
    words = "1/10 van 15-24 jaar"
    if table is not None:
        young = sum(count for ages in table.values() for low, count in ages.items() if 15 <= low < 25)
        share, words = (
            fifteen(table) / young,
            "overal hetzelfde deel van 15-24 jaar, uit de verdeelde tabel van de gemeente",
        )
    cells = []
    for district in sorted(districts, key=lambda d: d.code):
        grown = [district.counts["age_coarse", c] for c in COARSE[1:]]
        cells.append((district.code, district.name, round(sum(grown) - share * grown[0])))
    derivation = (
        f"Inwoners van 15 jaar en ouder per wijk {_day(reference)} ({source}, afgerond op 5) min de 15-jarigen: {words}"
    )
    return _rows(_Text(municipality.code, municipality.name, reference, source, derivation), "district", cells)


def _education(text: _Text, municipality: Place, table: Table, structure: Structure) -> list[dict[str, Any]]:
    levels = [float(municipality.counts.get(("education", e), 0)) for e in EDUCATION]
    if not all(levels):
        return []
    levels[0] = max(levels[0] - fifteen(structure.table), 0.0)
    counts = _whole(table)
    older = sum(n for (_s, age), n in counts.items() if age == classes.AGE_CODES[-1])
    known = round_with_sum([level / sum(levels) * (sum(counts.values()) - older) for level in levels])
    cells = [(e, label, n) for (e, label), n in zip(EDUCATION.items(), known, strict=True)]
    cells.append((classes.EDUCATION_OUTSIDE, "75 jaar en ouder (opleiding niet bekend)", older))
    derivation = (
        "Aandelen van personen van 15 tot 75 jaar zonder de 15-jarigen (allen laag), toegepast op het aantal van 16 "
        "tot en met 74 jaar. Personen van 75 jaar en ouder: CBS geeft hun opleiding niet, daarom een eigen klasse"
    )
    return _rows(_Text(**{**vars(text), "derivation": derivation}), "education", cells)
