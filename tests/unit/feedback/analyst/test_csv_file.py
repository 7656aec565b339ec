"""Files of any origin: read as they were meant, or refused by line and column."""

from collections.abc import Callable

import numpy as np
import pytest

from feedback.analyst import csv_file
from feedback.analyst.csv_file import CsvFile
from feedback.analyst.faults import MAX_FAULTS, FileRefusedError

PLAIN = "id,wijk,gewicht\n1,Noord,1.5\n2,Zuid,2\n"


def read(text: str | bytes, *required: str) -> CsvFile:
    content = text.encode() if isinstance(text, str) else text
    return csv_file.read("data.csv", content, required or ("id", "wijk", "gewicht"))


def values(file: CsvFile, name: str) -> list[str]:
    column = file.columns[name]
    return [column.levels[i] for i in column.index]


def fault(text: str | bytes, *required: str) -> tuple[int, str, str]:
    with pytest.raises(FileRefusedError) as caught:
        read(text, *required)
    error = caught.value.errors[0]
    return error.line, error.column, error.message


SAME = {
    "plain": PLAIN.encode(),
    "bom": b"\xef\xbb\xbf" + PLAIN.encode(),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "tabs": PLAIN.replace(",", "\t").encode(),
    "windows lines": PLAIN.replace("\n", "\r\n").encode(),
    "old mac lines": PLAIN.replace("\n", "\r").encode(),
    "no last newline": PLAIN.rstrip().encode(),
    "blank lines": PLAIN.replace("\n", "\n\n,,\n").encode(),
    "spaces": b"id, wijk ,gewicht\n1 , Noord,1.5\n 2,Zuid , 2\n",
    "quotes": b'"id","wijk","gewicht"\n"1","Noord","1.5"\n"2","Zuid","2"\n',
    "empty cells at the end": b"id,wijk,gewicht\n1,Noord,1.5,,\n2,Zuid,2\n",
    "other order": b"gewicht,id,wijk\n1.5,1,Noord\n2,2,Zuid\n",
}


@pytest.mark.parametrize("content", SAME.values(), ids=list(SAME))
def test_same_table_is_read_from_every_way_of_writing_it(content: bytes) -> None:
    file = read(content)
    assert [values(file, name) for name in ("id", "wijk", "gewicht")] == [["1", "2"], ["Noord", "Zuid"], ["1.5", "2"]]


def test_windows_letters_are_read() -> None:
    assert values(read("id,wijk,gewicht\n1,Café,1\n".encode("cp1252")), "wijk") == ["Café"]


def test_guard_against_formulas_is_taken_off_again() -> None:
    assert values(read("id,wijk,gewicht\n1,'- geen -,1\n2,'s avonds,1\n"), "wijk") == ["- geen -", "'s avonds"]


def test_quoted_cell_may_hold_delimiters_and_lines() -> None:
    file = read('id,wijk,gewicht\n1,"Noord,\nboven",1\n2,Zuid,x\n')
    assert values(file, "wijk")[0] == "Noord,\nboven"
    _, faults = csv_file.numbers(file.columns["gewicht"], (), "a weight")
    with pytest.raises(FileRefusedError) as caught:
        file.refuse(faults)
    assert [(e.line, e.column, e.value) for e in caught.value.errors] == [(4, "gewicht", "x")]


BROKEN: dict[str, tuple[str | bytes, int, str, str]] = {
    "empty": (b"", 1, "", "empty"),
    "only a mark": (b"\xef\xbb\xbf\n \n", 1, "", "empty"),
    "no rows": ("id,wijk,gewicht\n", 2, "", "no rows"),
    "missing column": ("id,wijk,gewich\n1,Noord,1\n", 1, "gewicht", "did you mean gewich?"),
    "double heading": ("id,wijk,wijk,gewicht\n1,Noord,Zuid,1\n", 1, "wijk", "twice"),
    "short row": ("id,wijk,gewicht\n1,Noord,1\n2,Zuid\n", 3, "", "2 cells; expected 3"),
    "shifted row": ("id,wijk,gewicht\n1,Noord,1\n2,,Zuid,1\n", 3, "", "4 cells; expected 3"),
    "nul byte": (b"id,wijk,gewicht\n1,No\x00rd,1\n", 2, "", "NUL"),
    "wide characters": (PLAIN.encode("utf-16"), 1, "", "NUL"),
    "unreadable": (b"id,wijk,gewicht\n1,No\x81rd\xff,1\n", 2, "", "unreadable"),
    "formula": ("id,wijk,gewicht\n1,Noord,1\n2,=1+1,1\n", 3, "number 2", "formula"),
    "quoted formula": ('id,wijk,gewicht\n1,"@SUM(A1)",1\n', 2, "number 2", "formula"),
    "formula in the heading": ("id,wijk,gewicht,=a\n1,Noord,1,2\n", 1, "=a", "formula"),
    "open quote": ('id,wijk,gewicht\n1,Noord,1\n2,"Zuid,1\n3,Oost,1\n', 3, "", "quote"),
    "open quote in the heading": ('id,wijk,"gewicht\n1,Noord,1\n', 1, "", "quote"),
    "too many columns": (",".join(["id", "wijk", "gewicht", *map(str, range(2001))]) + "\n", 1, "", "columns"),
}


@pytest.mark.parametrize(("content", "line", "column", "words"), BROKEN.values(), ids=list(BROKEN))
def test_damaged_file_is_refused_with_line_column_and_reason(
    content: str | bytes, line: int, column: str, words: str
) -> None:
    found = fault(content)
    assert found[:2] == (line, column)
    assert words in found[2]


def test_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "MAX_BYTES", 10)
    assert "larger" in fault(PLAIN)[2]


def test_all_faults_are_named_up_to_fifty() -> None:
    rows = "".join(f"{i},Noord\n" for i in range(70))
    with pytest.raises(FileRefusedError) as caught:
        read(f"id,wijk,gewicht\n{rows}")
    assert [e.line for e in caught.value.errors] == list(range(2, 2 + MAX_FAULTS))
    assert caught.value.more == 20


def test_all_wrong_values_are_counted_and_fifty_named() -> None:
    rows = "".join(f"{i},Noord,x{i}\n" for i in range(70))
    file = read(f"id,wijk,gewicht\n{rows}")
    _, faults = csv_file.numbers(file.columns["gewicht"], (), "a weight")
    with pytest.raises(FileRefusedError) as caught:
        file.refuse(faults)
    assert (len(caught.value.errors), caught.value.more) == (50, 20)


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1.5", 1.5), ("1,5", 1.5), ("-2", -2.0), ("+3", 3.0), ("1e-3", 1e-3), (".5", 0.5), ("7.", 7.0), ("", None)],
)
def test_numbers_with_point_or_comma_are_read(cell: str, number: float | None) -> None:
    found, faults = csv_file.numbers(read(f'id;gewicht\n1;"{cell}"\n', "id", "gewicht").columns["gewicht"], (), "n")
    assert all(rows.size == 0 for _, rows, _ in faults)
    assert np.isnan(found[0]) if number is None else found[0] == number


@pytest.mark.parametrize("cell", ["een", "1.234,5", "1 000", "1_0", "nan", "inf", "0x1", "1,2,3", "€ 3", "٣"])
def test_what_is_no_number_is_refused(cell: str) -> None:
    _, faults = csv_file.numbers(read(f'id;gewicht\n1;"{cell}"\n', "id", "gewicht").columns["gewicht"], (), "n")
    assert faults[0][1].tolist() == [0]


def test_comma_and_point_in_one_column_are_refused_at_the_comma() -> None:
    file = read("id;gewicht\n1;1.234\n2;1,5\n3;7\n", "id", "gewicht")
    _, faults = csv_file.numbers(file.columns["gewicht"], (), "n")
    assert [rows.tolist() for _, rows, _ in faults] == [[], [1]]


def test_missing_values_are_no_numbers_and_no_faults() -> None:
    found, faults = csv_file.numbers(read("id,gewicht\n1,NA\n2,3\n", "id", "gewicht").columns["gewicht"], ("NA",), "n")
    assert np.isnan(found[0])
    assert [rows.size for _, rows, _ in faults] == [0]


def test_progress_runs_to_the_end() -> None:
    seen: list[float] = []
    note: Callable[[float], None] = seen.append
    csv_file.read("data.csv", PLAIN.encode(), ("id",), advance=note)
    assert seen == [1.0]
