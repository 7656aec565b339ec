# ruff: noqa: E501  # a table of cases reads best as one line per case
"""A damaged file is refused with line, column and reason of every fault, and nothing of it is kept."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.db import db
from core.errors import ImportRefusedError, RowError
from panel.models import Area, PopulationChoice, PopulationFigure, PopulationSet, PostcodeArea, SetKind
from panel.services.population import load_shipped
from panel.services.population.importing import Source, take_in

FILES = Path(__file__).parent / "files"
TABLES = (PopulationSet, PopulationFigure, PopulationChoice, PostcodeArea, Area)
KEY, AGE, ADDRESS, OWN = SetKind.NEIGHBOURHOODS, SetKind.AGE_SEX, SetKind.ADDRESSES, SetKind.OWN
SOURCES = {
    KEY: ("86165NED_zeist.csv", 2025),
    AGE: ("03759ned_zeist.csv", 2021),
    ADDRESS: ("pc6hnr20240801_gwb.csv", 2024),
}
Damage = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Case:
    """One way in which a file can be damaged, and the fault that must be told."""

    name: str
    kind: SetKind
    damage: Damage
    line: int
    column: str
    reason: str
    year: int = 0
    gm_code: str = "GM0355"


def swap(old: str, new: str, times: int = 1) -> Damage:
    def damage(content: bytes) -> bytes:
        assert old.encode() in content
        return content.replace(old.encode(), new.encode(), times)

    return damage


def line(number: int, change: Callable[[str], str]) -> Damage:
    def damage(content: bytes) -> bytes:
        lines = content.decode().split("\r\n")
        lines[number - 1] = change(lines[number - 1])
        return "\r\n".join(lines).encode()

    return damage


def cell(number: int, position: int, value: str) -> Damage:
    def change(text: str) -> str:
        cells = text.split(";")
        cells[position] = value
        return ";".join(cells)

    return line(number, change)


def same(content: bytes) -> bytes:
    return content


def packed(*names: str) -> Damage:
    def damage(content: bytes) -> bytes:
        target = Path(_SCRATCH[0]) / "packed.zip"
        with zipfile.ZipFile(target, "w") as archive:
            for name in names:
                archive.writestr(name, content)
        return target.read_bytes()

    return damage


_SCRATCH: list[str] = [""]
CASES = [
    # key figures
    Case("empty", KEY, lambda _c: b"", 0, "", "leeg"),
    Case("bytes", KEY, lambda c: c[:40] + b"\x00\x01" + c[40:], 0, "", "geen gewoon tekstbestand"),
    Case("spreadsheet", KEY, packed("xl/workbook.xml", "xl/a.csv"), 0, "", "Excel"),
    Case("old spreadsheet", KEY, lambda c: b"\xd0\xcf\x11\xe0" + c, 0, "", "Excel"),
    Case("broken archive", KEY, lambda c: b"PK\x03\x04" + c, 0, "", "beschadigd"),
    Case("two tables in one archive", KEY, packed("a.csv", "b.csv"), 0, "", "precies één CSV"),
    Case("one column", KEY, lambda _c: b"alleen tekst\r\nnog een regel\r\n", 1, "", "maar één kolom"),
    Case("no column of inhabitants", KEY, swap("AantalInwoners_5", "Aantal_5", 1), 1, "AantalInwoners", "geen kolom met het aantal inwoners"),
    Case("same column twice", KEY, swap("Mannen_6", "Vrouwen_7"), 1, "Vrouwen_7", "twee keer"),
    Case("row too short", KEY, line(3, lambda t: t.rpartition(";")[0]), 3, "", "22 kolommen"),
    Case("row too long", KEY, line(3, lambda t: t + ";1"), 3, "", "24 kolommen"),
    Case("quote left open", KEY, line(4, lambda t: t.replace('"Wijk      "', '"Wijk" x')), 4, "", "aanhalingstekens"),
    Case("negative", KEY, cell(3, 7, "-7735"), 3, "Mannen_6", "kleiner zijn dan nul"),
    Case("decimal", KEY, cell(3, 6, "15985,5"), 3, "AantalInwoners_5", "geheel getal"),
    Case("thousands", KEY, cell(2, 6, "66 671"), 2, "AantalInwoners_5", "geheel getal"),
    Case("words", KEY, cell(5, 9, "veel"), 5, "k_0Tot15Jaar_8", "geheel getal"),
    Case("men and women do not add up", KEY, cell(4, 8, "9750"), 4, "Mannen_6", "Mannen en vrouwen samen"),
    Case("ages do not add up", KEY, cell(4, 12, "5080"), 4, "k_0Tot15Jaar_8", "leeftijden samen"),
    Case("households do not add up", KEY, cell(2, 19, "12000"), 2, "Eenpersoonshuishoudens_30", "huishoudens samen"),
    Case("wijk left out", KEY, line(7, lambda _t: ""), 2, "AantalInwoners_5", "wijken van Zeist zijn samen"),
    Case("wijk twice", KEY, lambda c: c + c.split(b"\r\n")[3] + b"\r\n", 8, "code", "twee keer"),
    Case("columns shifted", KEY, line(5, lambda t: t.replace('"WK035503  ";', "", 1) + ";1"), 5, "Codering_3", "opgeschoven"),
    Case("kind of area of another row", KEY, swap('"Wijk      "', '"Buurt     "'), 3, "SoortRegio_2", "hoort bij een wijk"),
    Case("code is no code", KEY, swap('"WK035502  "', '"XX035502  "', 2), 4, "Codering_3", "geen CBS-code"),
    Case("other table", KEY, same, 0, "", "gaat over 2025, niet over 2024", year=2024),
    Case("other municipality", KEY, same, 0, "Codering_3", "GM0344 komt niet voor", gm_code="GM0344"),
    Case("no such code", KEY, same, 0, "gm_code", "GM en vier cijfers", gm_code="0355"),
    Case("total of inhabitants hidden", KEY, cell(2, 6, "."), 2, "AantalInwoners_5", "inwoners van Zeist ontbreekt"),
    Case("tail is not text", KEY, lambda c: c + b"\xff\xfe;" * 30, 8, "", "kolommen"),
    # age and sex
    Case("no column of ages", AGE, swap('"Leeftijd"', '"Klasse"'), 1, "Leeftijd", "ontbreekt"),
    Case("unknown age", AGE, swap("70400", "79999"), 6, "Leeftijd", "geen leeftijd"),
    Case("unknown sex", AGE, swap('"3000   "', '"5000   "'), 2, "Geslacht", "geen geslacht"),
    Case("age twice", AGE, swap('"70200"', '"70100"'), 4, "Leeftijd", "twee keer"),
    Case("age left out", AGE, line(8, lambda _t: ""), 0, "Leeftijd", "mannen ontbreekt: 25-29"),
    Case("other year", AGE, same, 0, "Perioden", "gaat over 2021, niet over 2025", year=2025),
    Case("period is no year", AGE, swap("2021JJ00", "2021MM01"), 2, "Perioden", "geen jaar"),
    Case("sum of ages", AGE, cell(3, 6, "1000"), 44, "BevolkingOp1Januari_1", "leeftijden samen (mannen)"),
    Case("negative inhabitants", AGE, cell(3, 6, "-5"), 3, "BevolkingOp1Januari_1", "kleiner zijn dan nul"),
    Case("area is no area", AGE, cell(3, 4, '"Zeist"'), 3, "RegioS", "geen code van een gebied"),
    # postcode and house number
    Case("no column of buurten", ADDRESS, swap("Buurt2024", "Kolom3"), 1, "Buurt", "ontbreekt"),
    Case("columns of another year", ADDRESS, same, 1, "Buurt2024", "gaat over 2024, niet over 2025", year=2025),
    Case("no postcode", ADDRESS, swap("3701AA;2", "0701AA;2"), 3, "PC6", "geen postcode"),
    Case("no house number", ADDRESS, swap("3702BB;3", "3702BB;3a"), 9, "Huisnummer", "geen huisnummer"),
    Case("buurt of another wijk", ADDRESS, swap("3550201;35502", "3550201;35501"), 9, "Buurt2024", "geen buurt van wijk"),
    Case("wijk of another municipality", ADDRESS, swap("3550301;35503;355", "3550301;30703;355"), 10, "Wijk2024", "geen wijk van GM0355"),
    Case("one address in two buurten", ADDRESS, swap("3701AA;2;3550101", "3701AA;1;3550102"), 3, "Buurt2024", "staat ook in"),
    Case("addresses shifted", ADDRESS, line(3, lambda t: t.replace(";", ";;", 1)), 3, "", "6 kolommen"),
    Case("municipality is no code", ADDRESS, swap("30701;307", "30701;Amersfoort"), 6, "Gemeente2024", "geen code van een gemeente"),
    Case("municipality not in file", ADDRESS, same, 0, "Gemeente2024", "GM0344 komt niet voor", gm_code="GM0344"),
]  # fmt: skip


def rows_kept() -> list[int]:
    return [db.session.scalar(db.select(db.func.count()).select_from(table)) or 0 for table in TABLES]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.kind}-{c.name}")
def test_damaged_file_is_refused_with_line_column_and_reason(case: Case, make: SimpleNamespace, tmp_path: Path) -> None:
    make.core.complete_settings()
    db.session.commit()
    _SCRATCH[0] = str(tmp_path)
    name, year = SOURCES[case.kind]
    path = tmp_path / name
    path.write_bytes(case.damage((FILES / name).read_bytes()))
    before = rows_kept()
    with pytest.raises(ImportRefusedError) as refused:
        take_in(Source(path, case.kind, case.gm_code, case.year or year, name))
    assert rows_kept() == before
    told = [(e.line, e.column) for e in refused.value.errors if case.reason in e.message]
    assert (case.line, case.column) in told, refused.value.errors


def test_undamaged_files_are_taken(make: SimpleNamespace) -> None:
    make.core.complete_settings()
    for kind, (name, year) in SOURCES.items():
        assert take_in(Source(FILES / name, kind, "GM0355", year, name)).rows > 0


OWN_CASES = [
    ("column", "variable,", "onderwerp,", 1, "variable", "ontbreekt"),
    ("unit", ",household,,", ",huishouden,,", 14, "unit", "Kies uit"),
    ("status", ",bron,", ",bekend,", 2, "status", "bron of afgeleid"),
    ("date", "2025-01-01", "1-1-2025", 2, "reference_date", "2025-01-01"),
    ("twice", "sex,male", "sex,female", 4, "category", "twee keer"),
    ("decimal", "66671", "66671.5", 2, "count", "geheel getal"),
    ("missing", "66671", "", 2, "count", "ontbreekt"),
    ("area", "municipality,GM0355", "municipality,GM0797", 2, "area_code", "geen gebied van GM0355"),
    ("municipality", "GM0355,Zeist,munic", "0355,Zeist,munic", 2, "gm_code", "geen code"),
    ("year", "nothing", "nothing", 0, "reference_date", "niet van 2026"),
]


@pytest.mark.parametrize(("name", "old", "new", "at", "column", "reason"), OWN_CASES, ids=[c[0] for c in OWN_CASES])
def test_damaged_file_in_our_own_layout(
    name: str, old: str, new: str, at: int, column: str, reason: str, make: SimpleNamespace, tmp_path: Path
) -> None:
    make.core.complete_settings()
    load_shipped("GM0355")
    db.session.commit()
    path = tmp_path / "counts.csv"
    path.write_text(
        Path("data/counts_municipality.csv").read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8"
    )
    before = rows_kept()
    with pytest.raises(ImportRefusedError) as refused:
        take_in(Source(path, OWN, "GM0355", 2026 if name == "year" else 2025))
    assert rows_kept() == before
    found: list[RowError] = [e for e in refused.value.errors if reason in e.message]
    assert (at, column) in [(e.line, e.column) for e in found], refused.value.errors


def test_long_list_of_faults_is_cut_and_says_so(make: SimpleNamespace, tmp_path: Path) -> None:
    make.core.complete_settings()
    path = tmp_path / "pc6hnr.csv"
    path.write_text("PC6;Huisnummer;Buurt2024;Wijk2024;Gemeente2024\n" + "3701AA;0;3550101;35501;355\n" * 150)
    with pytest.raises(ImportRefusedError) as refused:
        take_in(Source(path, ADDRESS, "GM0355", 2024))
    assert len(refused.value.errors) == 101
    assert "nog 50 fouten" in refused.value.errors[-1].message
