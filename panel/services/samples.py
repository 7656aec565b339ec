"""Reads the sample file of persons that the register drew: all of it or nothing."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from core import csv_in
from core.csv_in import CellError, CsvRow
from core.errors import RowError
from panel import classes, indexes

REQUIRED = (
    "nummer",
    "voornaam",
    "achternaam",
    "straat",
    "huisnummer",
    "postcode",
    "woonplaats",
    "geslacht",
    "leeftijdsklasse",
    "wijk",
    "insluitkans",
)
OPTIONAL = ("stratum", "aantal_in_groep", "taal", "grote_letters")
YES_OR_NO = {"": False, "nee": False, "n": False, "0": False, "ja": True, "j": True, "1": True}
SEXES = {"man": "male", "m": "male", "vrouw": "female", "v": "female", "x": "other", "onbekend": "undisclosed"}
POSTCODE = re.compile(r"^([1-9]\d{3})\s?([A-Za-z]{2})$")
LONGEST = 120
# how far a given probability may lie from drawn / frame: it is printed with few digits
ROUNDING = 0.02
EXAMPLE = (
    ("nummer", "1"),
    ("voornaam", "Jo"),
    ("achternaam", "de Voorbeeld"),
    ("straat", "Dorpsstraat"),
    ("huisnummer", "12 A"),
    ("postcode", "1234 AB"),
    ("woonplaats", "Zeist"),
    ("geslacht", "vrouw"),
    ("leeftijdsklasse", classes.AGE_CODES[0]),
    ("wijk", "WK035501"),
    ("insluitkans", "0,15"),
)
DISTRICT_LENGTH = 12
LANGUAGE = "nl"
NO_CHANCE = "Vul de insluitkans in, of het aantal mensen in de groep."


@dataclass(frozen=True)
class SampleRow:
    """One person of the file."""

    line: int
    number: int
    first_name: str
    last_name: str
    street: str
    house_number: str
    postcode: str
    city: str
    sex: str
    age_class: str
    district_code: str
    inclusion_probability: float
    stratum: str
    frame_size: int | None
    language: str
    large_print: bool

    @property
    def person_index(self) -> str:
        """Index by which the person is recognised in a later round."""
        return indexes.person_index(self.first_name, self.last_name, self.postcode, self.house_number)


def read(content: bytes, districts: frozenset[str], languages: frozenset[str]) -> list[SampleRow]:
    """The persons of the file; raises ImportRefusedError with line, column and reason of every fault.

    Who was drawn had the chance drawn / frame of their stratum: given in the file, or following from the numbers.
    """
    rows = csv_in.convert(csv_in.read(content, REQUIRED, OPTIONAL), lambda row: _person(row, districts, languages))
    twice = {n for n, times in Counter(r.number for r in rows).items() if times > 1}
    csv_in.refuse(
        [
            RowError(r.line, "nummer", str(r.number), "Dit nummer komt twee keer voor.")
            for r in rows
            if r.number in twice
        ]
    )
    if not rows:
        csv_in.refuse([RowError(2, "", "", "Er staan geen personen in het bestand.")])
    return _with_chances(rows)


def _with_chances(rows: list[SampleRow]) -> list[SampleRow]:
    drawn, frames = Counter(r.stratum for r in rows), dict[str, int]()
    for row in rows:
        if row.frame_size is not None:
            frames.setdefault(row.stratum, row.frame_size)
    csv_in.refuse([fault for row in rows for fault in _chance_faults(row, drawn[row.stratum], frames)])
    return [
        replace(r, inclusion_probability=r.inclusion_probability or drawn[r.stratum] / frames[r.stratum]) for r in rows
    ]


def _chance_faults(row: SampleRow, drawn: int, frames: dict[str, int]) -> list[RowError]:
    frame = frames.get(row.stratum)
    if frame is None:
        return [] if row.inclusion_probability else [RowError(row.line, "insluitkans", "", NO_CHANCE)]
    given = "" if row.frame_size is None else str(row.frame_size)
    if row.frame_size != frame:
        return [RowError(row.line, "aantal_in_groep", given, "Dit aantal is niet overal in de groep gelijk.")]
    if drawn > frame:
        reason = f"Er zijn {drawn} mensen geloot uit een groep van {frame}. Dat kan niet."
        return [RowError(row.line, "aantal_in_groep", given, reason)]
    if row.inclusion_probability and abs(row.inclusion_probability * frame / drawn - 1) > ROUNDING:
        reason = f"Uit {frame} mensen zijn er {drawn} geloot. Daar past deze kans niet bij."
        return [RowError(row.line, "insluitkans", f"{row.inclusion_probability:g}", reason)]
    return []


def _person(row: CsvRow, districts: frozenset[str], languages: frozenset[str]) -> SampleRow:
    age, district = _age(row), _district(row, districts)
    return SampleRow(
        line=row.line,
        number=_number(row),
        first_name=_text(row, "voornaam"),
        last_name=_text(row, "achternaam"),
        street=_text(row, "straat"),
        house_number=_text(row, "huisnummer"),
        postcode=_postcode(row),
        city=_text(row, "woonplaats"),
        sex=_sex(row),
        age_class=age,
        district_code=district,
        inclusion_probability=_probability(row),
        stratum=row["stratum"][:60] or classes.stratum_of(age, district),
        frame_size=_frame_size(row),
        language=_language(row, languages),
        large_print=_large_print(row),
    )


def _text(row: CsvRow, column: str) -> str:
    value = row[column]
    if not value:
        raise CellError(column, "Dit veld is leeg.")
    if len(value) > LONGEST:
        raise CellError(column, f"Dit is langer dan {LONGEST} tekens.")
    if not value.isprintable():
        raise CellError(column, "Er staan tekens in die niet te drukken zijn.")
    return value


def _number(row: CsvRow) -> int:
    value = row["nummer"]
    if not value.isdecimal() or not 0 < int(value) < 10**9:
        raise CellError("nummer", "Dit moet een geheel getal zijn, 1 of hoger.")
    return int(value)


def _postcode(row: CsvRow) -> str:
    found = POSTCODE.match(row["postcode"])
    if found is None:
        raise CellError("postcode", "Schrijf de postcode als 1234 AB.")
    return f"{found[1]} {found[2].upper()}"


def _sex(row: CsvRow) -> str:
    sex = SEXES.get(row["geslacht"].casefold())
    if sex is None:
        raise CellError("geslacht", "Vul man, vrouw, x of onbekend in.")
    return sex


def _age(row: CsvRow) -> str:
    if row["leeftijdsklasse"] not in classes.AGE_CODES:
        raise CellError("leeftijdsklasse", f"Kies uit {', '.join(classes.AGE_CODES)}.")
    return row["leeftijdsklasse"]


def _district(row: CsvRow, districts: frozenset[str]) -> str:
    if not 0 < len(row["wijk"]) <= DISTRICT_LENGTH or (districts and row["wijk"] not in districts):
        raise CellError("wijk", "Dit is geen wijkcode van deze gemeente.")
    return row["wijk"]


def _frame_size(row: CsvRow) -> int | None:
    value = row["aantal_in_groep"]
    if not value:
        return None
    if not value.isdecimal() or not 0 < int(value) < 10**9:
        raise CellError("aantal_in_groep", "Dit moet een geheel getal zijn, 1 of hoger.")
    return int(value)


def _language(row: CsvRow, languages: frozenset[str]) -> str:
    language = row["taal"].casefold() or LANGUAGE
    if language not in languages:
        raise CellError("taal", f"Er is geen brief in deze taal. Kies uit {', '.join(sorted(languages))}.")
    return language


def _large_print(row: CsvRow) -> bool:
    found = YES_OR_NO.get(row["grote_letters"].casefold())
    if found is None:
        raise CellError("grote_letters", "Vul ja of nee in.")
    return found


def _probability(row: CsvRow) -> float:
    if not row["insluitkans"] and row["aantal_in_groep"]:
        return 0.0
    try:
        value = float(row["insluitkans"].replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 < value <= 1:
        raise CellError("insluitkans", "Dit moet een getal zijn boven 0 en ten hoogste 1.")
    return value
