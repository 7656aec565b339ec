"""Reads the postcode and house number file of Statistics Netherlands (pc6hnr…_gwb.csv): millions of rows, one pass.

Only the rows of the municipality are kept, and of those only what tells one neighbourhood from another.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from panel.services.population.reading import Table, Told, nobody, open_table

ROLES = {
    "postcode": ("pc6", "postcode"),
    "number": ("huisnummer", "hnr"),
    "neighbourhood": ("buurt", "bucode", "buurtcode"),
    "district": ("wijk", "wkcode", "wijkcode"),
    "municipality": ("gemeente", "gmcode", "gemeentecode", "gem"),
}
NAMES = {
    "postcode": "PC6", "number": "Huisnummer", "neighbourhood": "Buurt", "district": "Wijk", "municipality": "Gemeente",
}  # fmt: skip
POSTCODE = re.compile(r"^[1-9]\d{3} ?[A-Z]{2}$")
SHIFTED = "Is een kolom opgeschoven?"
LARGEST = 99_999


@dataclass(frozen=True)
class ReadPostcodes:
    """The addresses of a municipality, folded to what is needed to find a neighbourhood."""

    reference: date
    rows: tuple[dict[str, Any], ...]
    addresses: int
    remarks: tuple[str, ...]


def read(path: Path, *, gm_code: str, year: int, told: Told = nobody) -> ReadPostcodes:
    """The neighbourhood of every address of a municipality; raises ImportRefusedError with every fault."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    with open_table(path, told) as table:
        places = _find(table, year)
        table.faults.refuse()
        lines = _read_rows(table, places, gm_code, found)
        if not found and not table.faults.found:
            message = f"{gm_code} komt niet voor in dit bestand van {lines} regels."
            table.faults.add(0, table.columns[places["municipality"]], gm_code, message)
        table.faults.refuse()
    rows = tuple(row for postcode in sorted(found) for row in _fold(postcode, found[postcode]))
    addresses = sum(len(numbers) for numbers in found.values())
    divided = sum(1 for row in rows if row["divided"] and not row["house_number"])
    remarks = (f"{addresses} adressen, {len(found)} postcodes; {divided} postcodes liggen in meer dan één buurt.",)
    return ReadPostcodes(date(year, 1, 1), rows, addresses, remarks)


def _find(table: Table, year: int) -> dict[str, int]:
    bare = [re.sub(r"[^a-z0-9]", "", name.casefold()) for name in table.columns]
    yearless = [re.sub(r"(19|20)\d{2}$", "", name) for name in bare]
    places: dict[str, int] = {}
    for role, known in ROLES.items():
        place = next((i for i, name in enumerate(yearless) if name in known), None)
        if place is None:
            table.faults.add(1, NAMES[role], "", "Deze kolom ontbreekt. Neem het bestand zoals het CBS het geeft.")
        else:
            places[role] = place
    for name, column in zip(bare, table.columns, strict=True):
        said = re.search(r"(?:19|20)\d{2}$", name)
        if said and int(said[0]) != year:
            table.faults.add(1, column, "", f"Deze kolom gaat over {said[0]}, niet over {year}. Kies het goede jaar.")
    return places


def _read_rows(table: Table, places: dict[str, int], gm_code: str, found: dict[str, dict[int, str]]) -> int:
    width, municipality, mine, lines = len(table.columns), places["municipality"], _spellings(gm_code), 0
    for line, cells in table.rows:
        lines += 1
        if len(cells) != width:
            message = f"Deze regel heeft {len(cells)} kolommen. Het moeten er {width} zijn."
            table.faults.add(line, "", "", message)
        elif cells[municipality].strip() in mine:
            _take(table, places, line, cells, gm_code, found)
        elif not _is_code(cells[municipality].strip()):
            message = f"Dit is geen code van een gemeente, zoals GM0355 of 355. {SHIFTED}"
            table.faults.add(line, table.columns[municipality], cells[municipality], message)
    return lines


def _spellings(gm_code: str) -> frozenset[str]:
    return frozenset({gm_code, gm_code[2:], str(int(gm_code[2:]))})


def _is_code(text: str) -> bool:
    digits = text.removeprefix("GM")
    return digits.isdecimal() and len(digits) <= 4


def _take(
    table: Table, places: dict[str, int], line: int, cells: list[str], gm_code: str, found: dict[str, dict[int, str]]
) -> None:
    said = {role: cells[i].strip() for role, i in places.items()}
    postcode, number = said["postcode"].upper(), said["number"]
    faulty = _faults_of(postcode, number, said, gm_code)
    for role, message in faulty.items():
        table.faults.add(line, table.columns[places[role]], said[role], message)
    if faulty:
        return
    known = found[postcode.replace(" ", "")]
    code = _code(said["neighbourhood"], "BU", 8)
    if known.setdefault(int(number), code) != code:
        message = f"Dit adres staat ook in {known[int(number)]}. Een adres ligt in één buurt."
        table.faults.add(line, table.columns[places["neighbourhood"]], said["neighbourhood"], message)


def _faults_of(postcode: str, number: str, said: dict[str, str], gm_code: str) -> dict[str, str]:
    faults: dict[str, str] = {}
    if not POSTCODE.match(postcode):
        faults["postcode"] = f"Dit is geen postcode, zoals 1234AB. {SHIFTED}"
    if not (number.isdecimal() and 0 < int(number) <= LARGEST):
        faults["number"] = f"Dit is geen huisnummer van 1 tot en met {LARGEST}. {SHIFTED}"
    district, neighbourhood = _code(said["district"], "WK", 6), _code(said["neighbourhood"], "BU", 8)
    if not district or district[2:6] != gm_code[2:]:
        faults["district"] = f"Dit is geen wijk van {gm_code}. {SHIFTED}"
    elif not neighbourhood or neighbourhood[2:8] != district[2:]:
        faults["neighbourhood"] = f"Dit is geen buurt van wijk {district}. {SHIFTED}"
    return faults


def _code(text: str, prefix: str, digits: int) -> str:
    """The full code from the full or the bare one (`3550101` is BU03550101); empty when it is neither."""
    bare = text.upper().removeprefix(prefix)
    return prefix + bare.zfill(digits) if bare.isdecimal() and len(bare) <= digits else ""


def _fold(postcode: str, numbers: dict[int, str]) -> list[dict[str, Any]]:
    """One row for a postcode in one neighbourhood; for a divided one a row per house number as well."""
    # of equal numbers of addresses the lowest code, so that the same file always gives the same answer
    most = min(Counter(numbers.values()).items(), key=lambda pair: (-pair[1], pair[0]))[0]
    divided = len(set(numbers.values())) > 1
    wanted = {0: most, **(dict(sorted(numbers.items())) if divided else {})}
    return [
        {
            "postcode": postcode,
            "house_number": number,
            "neighbourhood_code": code,
            "district_code": f"WK{code[2:8]}",
            "divided": divided,
        }
        for number, code in wanted.items()
    ]
