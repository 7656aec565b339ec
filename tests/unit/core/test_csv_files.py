"""CSV in and out: every damaged file is refused with line and column, no cell leaves as a formula."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import csv_in, csv_out
from core.csv_in import CellError, CsvRow
from core.errors import ImportRefusedError, RowError

COLUMNS = ["naam", "straat"]


def faults(content: bytes, **limits: int) -> list[RowError]:
    with pytest.raises(ImportRefusedError) as caught:
        csv_in.read(content, COLUMNS, **limits)
    return caught.value.errors


@pytest.mark.parametrize("delimiter", [";", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_file_is_read_in_each_common_encoding_and_delimiter(delimiter: str, encoding: str) -> None:
    text = f"Naam{delimiter}STRAAT\r\nZoë{delimiter}Dorpsstraat 1\r\n\r\nJörg{delimiter}\r\n"
    rows = csv_in.read(text.encode(encoding), COLUMNS)
    assert [(row.line, row["naam"], row["straat"]) for row in rows] == [
        (2, "Zoë", "Dorpsstraat 1"),
        (4, "Jörg", ""),
    ]


def test_line_number_counts_lines_inside_quoted_cells() -> None:
    rows = csv_in.read(b'naam;straat\n"a\nb";c\nd;e\n', COLUMNS)
    assert [row.line for row in rows] == [2, 4]


def test_missing_and_doubled_columns_are_all_named() -> None:
    assert [(fault.line, fault.column) for fault in faults(b"straat;x;x\na;b;c\n")] == [(1, "naam"), (1, "x")]


def test_shifted_row_and_formula_cell_are_named_by_line() -> None:
    found = faults(b"naam;straat\na\n=cmd|' /C calc'!A0;b\na;b;c\n")
    assert [(fault.line, fault.column) for fault in found] == [(2, ""), (3, "naam"), (4, "")]


def test_nul_byte_is_refused_with_its_line() -> None:
    assert faults(b"naam;straat\na;b\n\x00;c\n")[0].line == 3


def test_unclosed_quote_is_refused_with_its_line() -> None:
    assert faults(b'naam;straat\na;b\n"c;d\n')[0].line == 3


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"\xef\xbb\xbf", b"a;" * 1_000_000, b"\x81\x8d;straat\n", b"naam;straat\n" + b"x" * 200_000],
)
def test_hopeless_file_is_refused_with_a_message(content: bytes) -> None:
    assert faults(content)[0].message


def test_too_large_and_too_long_files_are_refused() -> None:
    assert "MB" in faults(b"naam;straat\n" + b"a;b\n" * 300_000, max_bytes=1024 * 1024)[0].message
    assert "regels" in faults(b"naam;straat\n" + b"a;b\n" * 12, max_rows=10)[0].message


def test_row_checks_collect_every_wrong_cell() -> None:
    def parse(row: CsvRow) -> int:
        if not row["naam"].isdigit():
            raise CellError("naam", "Vul een getal in.")
        return int(row["naam"])

    rows = csv_in.read(b"naam;straat\n1;a\nx;b\ny;c\n", COLUMNS)
    with pytest.raises(ImportRefusedError) as caught:
        csv_in.convert(rows, parse)
    assert [(fault.line, fault.value) for fault in caught.value.errors] == [(3, "x"), (4, "y")]
    assert csv_in.convert(rows[:1], parse) == [1]


def test_long_list_of_faults_is_cut_and_says_how_many_are_left() -> None:
    found = faults(b"naam;straat\n" + b"a\n" * 250)
    assert len(found) == csv_in.MAX_FAULTS + 1
    assert "150" in found[-1].message


@given(st.lists(st.lists(st.text(), min_size=3, max_size=3), max_size=5))
def test_no_written_cell_starts_a_formula(rows: list[list[str]]) -> None:
    content = csv_out.write(["a", "b", "c"], rows).decode("utf-8-sig")
    for record in csv.reader(io.StringIO(content, newline=""), delimiter=";"):
        assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")) for cell in record)


def test_written_file_has_bom_semicolons_and_dutch_values() -> None:
    moment = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
    content = csv_out.write(["kop"], [["=1+1"], [-2.5], [True], [moment], [None]])
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").split("\r\n") == ["kop", "'=1+1", "-2,5", "ja", "2026-07-01 12:00:00", '""', ""]
