"""Reads population by age and sex of Statistics Netherlands: per municipality (03759ned) or postcode (83502NED).

Codes and labels of StatLine both count, and so do those of our own flat files. Totals and other marital states are
looked at for checking or passed over; broader classes than five years are passed over.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from panel.services.population.checks import slack
from panel.services.population.figures import NO_FIGURE, Place, ReadFigures, whole_number
from panel.services.population.neighbourhoods import stems
from panel.services.population.reading import Faults, Table, Told, nobody, open_table

Ages = tuple[int, int | None]
EVERY_AGE: Ages = (0, None)
EVERYBODY = "total"
SEXES = {
    "3000": "male", "mannen": "male", "man": "male", "totaalmannen": "male", "m": "male", "male": "male",
    "4000": "female", "vrouwen": "female", "vrouw": "female", "totaalvrouwen": "female", "v": "female",
    "female": "female", "t001038": EVERYBODY, "totaalmannenenvrouwen": EVERYBODY, "totaal": EVERYBODY,
    "mannenenvrouwen": EVERYBODY,
}  # fmt: skip
EVERY_STATE = frozenset({"t001019", "totaalburgerlijkestaat", "totaal", ""})
COLUMNS = {
    "sex": ("geslacht",),
    "age": ("leeftijd",),
    "period": ("perioden", "periode", "peildatum1jan", "jaar"),
    "count": ("bevolkingop1januari", "bevolking", "inwoners", "inwonerssomvanpc4afgerondop5", "aantal"),
    "region": ("regios", "regio", "gmcode", "regioscode"),
    "postcode": ("postcode", "pc4", "viercijferigepostcode"),
    "state": ("burgerlijkestaat",),
}
NEEDED = {"sex": "Geslacht", "age": "Leeftijd", "period": "Perioden", "count": "BevolkingOp1Januari"}
PERIOD = re.compile(r"^((?:19|20)\d{2})(?:JJ00)?$")
REGION = re.compile(r"^([A-Z]{2}\d{2,4})$")
POSTCODE = re.compile(r"^(?:PC)?([1-9]\d{3})$")
CODED_AGES: dict[str, Ages] = {
    "10000": EVERY_AGE, "10010": (0, 0), "22000": (95, None), "22300": (100, None),
    **{str(10000 + 100 * n): (n, n) for n in range(1, 100)},
    **{str(70100 + 100 * n): (5 * n, 5 * n + 4) for n in range(19)},
}  # fmt: skip
WRITTEN_AGES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Ages]], ...] = (
    (re.compile(r"^(\d+) tot (\d+) jaar$"), lambda m: (int(m[1]), int(m[2]) - 1)),
    (re.compile(r"^(\d+)-(\d+)$"), lambda m: (int(m[1]), int(m[2]))),
    (re.compile(r"^(\d+)(?: jaar of ouder|\+)$"), lambda m: (int(m[1]), None)),
    (re.compile(r"^(\d+) jaar$"), lambda m: (int(m[1]), int(m[1]))),
    (re.compile(r"^totaal( leeftijd)?$"), lambda _m: EVERY_AGE),
)


@dataclass
class _Cells:
    """The counts by region, sex and ages with the line of each, and which years the file has."""

    columns: dict[str, int]
    names: dict[str, str]
    counts: dict[tuple[str, str, Ages], int] = field(default_factory=dict)
    seen: set[tuple[str, str, Ages]] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    hidden: int = 0
    mine: int = 0
    last: int = 0


def read(
    path: Path, *, gm_code: str, gm_name: str, year: int, postcodes: AbstractSet[str] = frozenset(),
    told: Told = nobody,
) -> ReadFigures:  # fmt: skip
    """The inhabitants of one municipality by sex and age; raises ImportRefusedError with every fault."""
    with open_table(path, told) as table:
        cells = _find(table)
        table.faults.refuse()
        for line, row in table.rows:
            _take(table, cells, line, row, gm_code, year, postcodes)
        _check_presence(cells, gm_code, year, postcodes, table.faults)
        table.faults.refuse()
        total = _total(cells, table.faults)
        table.faults.refuse()
    by_postcode = "postcode" in cells.columns
    remarks = [f"{cells.hidden} cijfers ontbreken: het CBS houdt ze geheim."] if cells.hidden else []
    if by_postcode:
        remarks.append("Som van postcodegebieden, elk afgerond op 5.")
    place = Place(2, gm_code, gm_name, total)
    return ReadFigures(date(year, 1, 1), "83502NED" if by_postcode else "03759ned", (place,), tuple(remarks))


def _find(table: Table) -> _Cells:
    found = [stems(name) for name in table.columns]
    columns: dict[str, int] = {}
    for role, known in COLUMNS.items():
        place = next((i for name in known for i, pair in enumerate(found) if name in pair), None)
        if place is not None:
            columns[role] = place
    for role, name in NEEDED.items():
        if role not in columns:
            table.faults.add(1, name, "", "Deze kolom ontbreekt. Exporteer de tabel opnieuw, met alle kolommen.")
    if "region" not in columns and "postcode" not in columns:
        table.faults.add(1, "RegioS", "", "Er is geen kolom met de gemeente (RegioS) of de postcode.")
    return _Cells(columns, {role: table.columns[i] for role, i in columns.items()})


def _take(
    table: Table, cells: _Cells, line: int, row: list[str], gm_code: str, year: int, postcodes: AbstractSet[str]
) -> None:
    if len(row) != len(table.columns):
        message = f"Deze regel heeft {len(row)} kolommen. Het moeten er {len(table.columns)} zijn."
        table.faults.add(line, "", "", message)
        return
    said = {role: row[i].strip() for role, i in cells.columns.items()}
    area = _area(said, cells, line, gm_code, postcodes, table.faults)
    if not area or _bare(said.get("state", "")) not in EVERY_STATE:
        return
    cells.mine += 1
    if _year(said, cells, line, table.faults) == year:
        _count(said, cells, line, area, table.faults)


def _area(
    said: dict[str, str], cells: _Cells, line: int, gm_code: str, postcodes: AbstractSet[str], faults: Faults
) -> str:
    """The municipality or postcode of a row; empty when it is another's."""
    region = said.get("region", gm_code).upper()
    if not REGION.match(region):
        faults.add(
            line,
            cells.names["region"],
            region,
            "Dit is geen code van een gebied, zoals GM0355. Is een kolom opgeschoven?",
        )
        return ""
    if region != gm_code:
        return ""
    if "postcode" not in said:
        return region
    found = POSTCODE.match(said["postcode"].upper())
    if found is None:
        if not re.match(r"^(NL|[A-Z])", said["postcode"]):
            faults.add(line, cells.names["postcode"], said["postcode"], "Dit is geen postcode van vier cijfers.")
        return ""
    return found[1] if "region" in said or found[1] in postcodes else ""


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _year(said: dict[str, str], cells: _Cells, line: int, faults: Faults) -> int:
    found = PERIOD.match(said["period"])
    if found is None:
        faults.add(line, cells.names["period"], said["period"], "Dit is geen jaar, zoals 2025 of 2025JJ00.")
        return 0
    cells.years.add(int(found[1]))
    return int(found[1])


def ages_of(text: str) -> Ages | None:
    """The ages that a code or label stands for; None when it is neither."""
    value = text.strip().casefold()
    if value in CODED_AGES:
        return CODED_AGES[value]
    for pattern, ages in WRITTEN_AGES:
        found = pattern.match(value)
        if found is not None:
            return ages(found)
    return None


def _count(said: dict[str, str], cells: _Cells, line: int, area: str, faults: Faults) -> None:
    sex, ages = SEXES.get(_bare(said["sex"])), ages_of(said["age"])
    if sex is None:
        faults.add(line, cells.names["sex"], said["sex"], "Dit is geen geslacht, zoals Mannen, Vrouwen of 3000, 4000.")
    if ages is None:
        faults.add(line, cells.names["age"], said["age"], "Dit is geen leeftijd, zoals 15 tot 20 jaar of 70400.")
    count = whole_number(said["count"], line, cells.names["count"], faults)
    if sex is None or ages is None:
        return
    key = (area, sex, ages)
    if key in cells.seen:
        faults.add(line, cells.names["age"], said["age"], "Dit geslacht met deze leeftijd komt twee keer voor.")
    cells.seen.add(key)
    cells.last = line
    if count is not None:
        cells.counts[key] = count
    elif said["count"] in NO_FIGURE:
        cells.hidden += 1


def _check_presence(cells: _Cells, gm_code: str, year: int, postcodes: AbstractSet[str], faults: Faults) -> None:
    if not cells.mine and "region" in cells.columns:
        faults.add(0, cells.names["region"], gm_code, f"{gm_code} komt niet voor in dit bestand.")
    elif not cells.mine:
        faults.add(
            0, cells.names["postcode"], "", f"De postcodes van {gm_code} komen niet voor, of zijn nog niet bekend."
        )
    elif year not in cells.years:
        known = ", ".join(str(y) for y in sorted(cells.years))
        faults.add(
            0, cells.names["period"], "", f"Het bestand gaat over {known}, niet over {year}. Kies het goede jaar."
        )
    elif "region" not in cells.columns and (missing := postcodes - {area for area, _s, _a in cells.seen}):
        few = ", ".join(sorted(missing)[:10])
        faults.add(0, cells.names["postcode"], "", f"Van deze postcodes van {gm_code} staan er geen cijfers: {few}.")


def _total(cells: _Cells, faults: Faults) -> dict[tuple[str, str], int]:
    """The counts of the whole municipality by single year or by five years, after every sum was looked at."""
    whole: dict[tuple[str, Ages], int] = defaultdict(int)
    for (_area, sex, ages), count in cells.counts.items():
        whole[sex, ages] += count
    classes = _partition({ages for sex, ages in whole if sex != EVERYBODY})
    if not classes:
        message = "De leeftijden sluiten niet aan: nodig zijn alle jaren of alle klassen van vijf jaar, vanaf 0."
        faults.add(0, cells.names["age"], "", message)
        return {}
    areas = len({area for area, _s, _a in cells.counts})
    exact = "postcode" not in cells.columns
    _check_sums(whole, classes, 0 if exact else slack(len(classes)) * areas, cells, faults)
    return _figures(whole, classes)


def _partition(there: set[Ages]) -> list[Ages]:
    """Classes of one year, else of five, that follow each other from 0 and end open; empty when there are none."""
    for width in (1, 5):
        chain: list[Ages] = []
        age = 0
        while (age, age + width - 1) in there:
            chain.append((age, age + width - 1))
            age += width
        if (age, None) in there and age >= 75:
            return [*chain, (age, None)]
    return []


def _check_sums(
    whole: dict[tuple[str, Ages], int], classes: list[Ages], room: int, cells: _Cells, faults: Faults
) -> None:
    for sex in ("male", "female"):
        missing = [ages for ages in classes if (sex, ages) not in whole]
        if missing:
            words = ", ".join(name_of(ages) for ages in missing[:5])
            faults.add(0, cells.names["age"], "", f"Bij {sex_word(sex)} ontbreekt: {words}.")
        together = sum(whole.get((sex, ages), 0) for ages in classes)
        _compare(together, whole.get((sex, EVERY_AGE)), f"De leeftijden samen ({sex_word(sex)})", room, cells, faults)
    for ages in [*classes, EVERY_AGE]:
        if ("male", ages) in whole and ("female", ages) in whole:
            together = whole["male", ages] + whole["female", ages]
            _compare(
                together, whole.get((EVERYBODY, ages)), f"Mannen en vrouwen ({name_of(ages)})", room, cells, faults
            )


def sex_word(sex: str) -> str:
    """The Dutch word."""
    return "mannen" if sex == "male" else "vrouwen"


def _compare(together: int, total: int | None, words: str, room: int, cells: _Cells, faults: Faults) -> None:
    if total is not None and abs(together - total) > room:
        faults.add(
            cells.last, cells.names["count"], str(together), f"{words} zijn {together}, maar het totaal is {total}."
        )


def name_of(ages: Ages) -> str:
    """The code of a class: 15-19, 95+ or 16."""
    low, high = ages
    return f"{low}+" if high is None else str(low) if low == high else f"{low}-{high}"


def _figures(whole: dict[tuple[str, Ages], int], classes: list[Ages]) -> dict[tuple[str, str], int]:
    single = classes[0] == (0, 0)
    sexes = {sex: sum(whole.get((sex, ages), 0) for ages in classes) for sex in ("male", "female")}
    found: dict[tuple[str, str], int] = {("population", "total"): sum(sexes.values())}
    found |= {("sex", sex): count for sex, count in sexes.items()}
    for sex in sexes:
        for ages in classes:
            found["sex_age1" if single else "sex_age5", f"{sex}|{name_of(ages)}"] = whole.get((sex, ages), 0)
    return found
