"""Reads *Kerncijfers wijken en buurten* as Statistics Netherlands exports it, of any recent year.

The numbers behind the names of columns differ from year to year (`AantalInwoners_5`), so columns are found by the stem
of their name; the long names of StatLine, the short ones of the yearly spreadsheet saved as CSV, and those of our own
flat files mean the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from panel.services.population import checks
from panel.services.population.figures import AREA_CODE, NO_FIGURE, Place, ReadFigures, whole_number
from panel.services.population.reading import Table, Told, nobody, open_table, refuse_file

# the table of each year, so that a file of another year than was said is noticed
TABLES = {
    2017: "83765NED", 2018: "84286NED", 2019: "84583NED", 2020: "84799NED", 2021: "85039NED", 2022: "85318NED",
    2023: "85618NED", 2024: "85984NED", 2025: "86165NED",
}  # fmt: skip
AGE = "age_coarse"
COUNTS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("population", "total"): ("aantalinwoners", "inwoners", "ainw"),
    ("sex", "male"): ("mannen", "aman"),
    ("sex", "female"): ("vrouwen", "avrouw"),
    (AGE, "0-14"): ("0tot15jaar", "a0014", "n015"),
    (AGE, "15-24"): ("15tot25jaar", "a1524", "n1525"),
    (AGE, "25-44"): ("25tot45jaar", "a2544", "n2545"),
    (AGE, "45-64"): ("45tot65jaar", "a4564", "n4565"),
    (AGE, "65+"): ("65jaarofouder", "a65oo", "n65plus"),
    ("marital_status", "unmarried"): ("ongehuwd", "aongeh"),
    ("marital_status", "married"): ("gehuwd", "agehuwd"),
    ("marital_status", "divorced"): ("gescheiden", "agesch"),
    ("marital_status", "widowed"): ("verweduwd", "averwed"),
    ("households", "total"): ("huishoudenstotaal", "aantalhuishoudens", "huishoudens", "ahh"),
    ("household_type", "one_person"): ("eenpersoonshuishoudens", "hheenpersoons", "a1phh"),
    ("household_type", "without_children"): ("huishoudenszonderkinderen", "hhzonderkinderen", "ahhzk"),
    ("household_type", "with_children"): ("huishoudensmetkinderen", "hhmetkinderen", "ahhmk"),
    ("education", "low"): ("opleidingsniveaulaag", "basisonderwijsvmbombo1", "opleidinglaagaantal", "aopllg"),
    ("education", "middle"): ("opleidingsniveaumiddelbaar", "havovwombo24", "opleidingmiddenaantal", "aoplmd"),
    ("education", "high"): ("opleidingsniveauhoog", "hbowo", "opleidinghoogaantal", "aoplhg"),
    ("dwellings", "total"): ("woningvoorraad", "awoning"),
}
CODES = ("codering", "gwbcode", "bucode", "wkcode", "code", "gmcode", "wijkenenbuurten")
NAMES = ("regio", "bunaam", "wknaam", "naam", "wijkenenbuurten")
MUNICIPALITY_NAMES = ("gmnaam", "gemeentenaam")
KINDS = ("soortregio", "recs")
YEARS = ("jaar", "perioden", "peildatum1jan")
KIND_OF = {"GM": "gemeente", "WK": "wijk", "BU": "buurt"}
INHABITANTS = ("population", "total")
_PERSONS = {key for key in COUNTS if key[0] in {"sex", AGE, "marital_status"}}
COUNTRY = ("NL", "LD", "PV")


def stems(name: str) -> tuple[str, str]:
    """The name of a column without unit, group and punctuation, whole and without its number.

    `k_0Tot15Jaar_8` becomes `0tot15jaar8` and `0tot15jaar`; both are tried, because `n_0_15` ends in no number.
    """
    bare = re.sub(r"\([^)]*\)", "", name.strip()).rsplit("/", 1)[-1].strip().casefold().removeprefix("k_")
    return re.sub(r"[^a-z0-9]", "", bare), re.sub(r"[^a-z0-9]", "", re.sub(r"_\d+$", "", bare))


@dataclass(frozen=True)
class _Columns:
    """Where in a row each thing stands; several columns may hold a code, from the smallest area up."""

    codes: tuple[int, ...]
    names: tuple[int, ...]
    municipality: int | None
    kind: int | None
    year: int | None
    counts: dict[tuple[str, str], int]


def read(path: Path, *, gm_code: str, year: int, told: Told = nobody, file_name: str = "") -> ReadFigures:
    """The figures of one municipality; raises ImportRefusedError with line, column and reason of every fault."""
    _refuse_other_table(file_name or path.name, year)
    with open_table(path, told) as table:
        columns = _find(table)
        table.faults.refuse()
        places = _places(table, columns, gm_code, year)
        hidden = sum(1 for p in places for key in columns.counts if key not in p.counts)
        checks.check_places(places, gm_code, {k: table.columns[i] for k, i in columns.counts.items()}, table.faults)
        table.faults.refuse()
    remarks = [f"{hidden} cijfers ontbreken: het CBS geeft ze niet, of houdt ze geheim."] if hidden else []
    source = TABLES.get(year, "Kerncijfers wijken en buurten")
    return ReadFigures(date(year, 1, 1), source, tuple(places), tuple(remarks))


def _refuse_other_table(file_name: str, year: int) -> None:
    found = re.search(r"8\d{4}NED", file_name, re.IGNORECASE)
    of_year = {table: y for y, table in TABLES.items()}.get(found[0].upper()) if found else None
    if found and of_year not in {None, year}:
        raise refuse_file(f"Tabel {found[0]} gaat over {of_year}, niet over {year}. Kies het goede jaar.")


def _find(table: Table) -> _Columns:
    found = [stems(name) for name in table.columns]
    for name in dict.fromkeys(table.columns):
        if name and table.columns.count(name) > 1:
            table.faults.add(1, name, "", "Deze kolom staat er twee keer in.")
    counts = {key: i for key, known in COUNTS.items() if (i := _first(found, known)) is not None}
    codes = tuple(i for name in CODES if (i := _first(found, (name,))) is not None)
    if not codes:
        table.faults.add(1, "Codering", "", "Er is geen kolom met de CBS-code van het gebied, zoals Codering_3.")
    if INHABITANTS not in counts and (_PERSONS & set(counts) or ("households", "total") not in counts):
        table.faults.add(1, "AantalInwoners", "", "Er is geen kolom met het aantal inwoners.")
    names = tuple(i for name in NAMES if (i := _first(found, (name,))) is not None)
    return _Columns(codes, names, _first(found, MUNICIPALITY_NAMES), _first(found, KINDS), _first(found, YEARS), counts)


def _first(found: list[tuple[str, str]], known: tuple[str, ...]) -> int | None:
    return next((i for name in known for i, pair in enumerate(found) if name in pair), None)


def _places(table: Table, columns: _Columns, gm_code: str, year: int) -> list[Place]:
    found: list[Place] = []
    years: set[str] = set()
    for line, cells in table.rows:
        if len(cells) != len(table.columns):
            message = f"Deze regel heeft {len(cells)} kolommen. Het moeten er {len(table.columns)} zijn."
            table.faults.add(line, "", "", message)
            continue
        code = _code(table, columns, line, cells)
        if not code or code[2:6] != gm_code[2:] or not _of_year(columns, cells, year, years):
            continue
        found.append(_place(table, columns, line, cells, code))
    if not found and years:
        message = f"Het bestand gaat over {_list(years)}, niet over {year}. Kies het goede jaar."
        table.faults.add(0, table.columns[columns.year or 0], "", message)
    elif not found:
        table.faults.add(0, table.columns[columns.codes[0]], gm_code, f"{gm_code} komt niet voor in dit bestand.")
    return found


def _of_year(columns: _Columns, cells: list[str], year: int, years: set[str]) -> bool:
    if columns.year is None:
        return True
    said = cells[columns.year].strip()[:4]
    years.add(said)
    return said == str(year)


def _list(years: set[str]) -> str:
    return ", ".join(sorted(years))


def _code(table: Table, columns: _Columns, line: int, cells: list[str]) -> str:
    """The code of the smallest area of a row; empty for the country and for a fault."""
    position = next((i for i in columns.codes if cells[i].strip() not in NO_FIGURE), columns.codes[0])
    value = cells[position].strip().upper()
    if AREA_CODE.match(value):
        return value
    if not value.startswith(COUNTRY):
        message = "Dit is geen CBS-code van een gemeente, wijk of buurt, zoals GM0355. Is een kolom opgeschoven?"
        table.faults.add(line, table.columns[position], value, message)
    return ""


def _place(table: Table, columns: _Columns, line: int, cells: list[str], code: str) -> Place:
    if columns.kind is not None and cells[columns.kind].strip().casefold() != KIND_OF[code[:2]]:
        message = f"De code {code} hoort bij een {KIND_OF[code[:2]]}. Is een kolom opgeschoven?"
        table.faults.add(line, table.columns[columns.kind], cells[columns.kind].strip(), message)
    place = Place(line, code, _name(columns, cells, code))
    for key, position in columns.counts.items():
        count = whole_number(cells[position], line, table.columns[position], table.faults)
        if count is not None:
            place.counts[key] = count
    return place


def _name(columns: _Columns, cells: list[str], code: str) -> str:
    """The name of an area; open data name the municipality alone, then the code stands for its wijken and buurten."""
    positions = [*columns.names]
    if code.startswith("GM") and columns.municipality is not None:
        positions.insert(0, columns.municipality)
    names = [cells[i].strip() for i in positions]
    return next((name for name in names if name and not AREA_CODE.match(name)), code)[:120]
