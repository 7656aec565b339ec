"""Reading a CSV file of any origin, a million rows too: columns by their distinct values, every fault by its line."""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from core.csv_out import FORMULA_STARTS
from core.errors import RowError
from feedback.analyst.faults import MAX_FAULTS, SHOWN, listed, refusal, refuse, suggestion

MAX_BYTES = 1024**3
MAX_COLUMNS = 2000
DELIMITERS = (";", ",", "\t")
_BLOCK = 50_000
_FORMULA = ("=", "@")
_MAY_HOLD_FORMULA = re.compile(rb"(?:\A|[;,\t\r\n\"])[ \xef\xbb\xbf]*[=@]")
_UNREADABLE = "this row cannot be read: a quote is not closed, or stands inside a cell"
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?", re.ASCII)
Advance = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Column:
    """One column: its distinct values, trimmed, and which of them each row has."""

    name: str
    levels: tuple[str, ...]
    index: IntArray

    def has(self, values: Iterable[str]) -> BoolArray:
        """Rows whose value is one of `values`."""
        wanted = set(values)
        return np.array([level in wanted for level in self.levels], dtype=np.bool_)[self.index]


@dataclass(frozen=True, eq=False)
class CsvFile:
    """A file that was read: its name and hash, how it is written, its heading and the columns asked for."""

    name: str
    content: bytes
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    columns: dict[str, Column]
    n_rows: int

    @property
    def digest(self) -> str:
        """SHA-256 of the file as it was given."""
        return hashlib.sha256(self.content).hexdigest()

    def rows(self) -> Iterator[list[str]]:
        """The cells of every row under the heading, as they stand in the file."""
        for _line, cells in records(self):
            yield cells[: len(self.header)]

    def refuse(self, found: Sequence[tuple[str, IntArray, str]]) -> None:
        """Raise FileRefusedError for rows (counted from 0) whose value of a column is wrong, with their lines."""
        errors: list[RowError] = []
        n_found = sum(rows.size for _, rows, _ in found)
        if not n_found:
            return
        lines = self._lines({int(row) for _, rows, _ in found for row in rows[:MAX_FAULTS]})
        for name, rows, message in found:
            column = self.columns[name]
            values = [(int(row), column.levels[column.index[row]]) for row in rows[:MAX_FAULTS]]
            errors += [RowError(lines[row], name, value[:SHOWN], message) for row, value in values]
        refuse(self.name, errors, n_found)

    def _lines(self, wanted: set[int]) -> dict[int, int]:
        return {row: line for row, (line, _) in enumerate(records(self)) if row in wanted}


class _UnreadableError(Exception):
    """A record whose quotes are wrong, with the line on which it starts."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Levels(dict[str, int]):
    """Numbers every new value."""

    def __missing__(self, value: str) -> int:
        self[value] = number = len(self)
        return number


def read(
    name: str, content: bytes, required: Sequence[str], optional: Sequence[str] = (), advance: Advance | None = None
) -> CsvFile:
    """Read a file with these columns; others are carried along. Raises FileRefusedError with every fault."""
    _refuse_content(name, content)
    encoding = _encoding(name, content)
    delimiter = _delimiter(name, content, encoding)
    header = _header(name, content, encoding, delimiter, required)
    wanted = [column for column in dict.fromkeys((*required, *optional)) if column in header]
    levels = {column: _Levels() for column in wanted}
    blocks: dict[str, list[IntArray]] = {column: [] for column in wanted}
    n_rows = 0
    for rows in _blocks(name, content, (encoding, delimiter), len(header), advance or (lambda _: None)):
        n_rows += len(rows)
        columns = list(zip(*rows, strict=True))
        for column in wanted:
            numbers = map(levels[column].__getitem__, columns[header.index(column)])
            blocks[column].append(np.fromiter(numbers, dtype=np.int64, count=len(rows)))
    if not n_rows:
        raise refusal(name, 2, "there are no rows under the heading")
    made = {column: _column(column, levels[column], np.concatenate(blocks[column])) for column in wanted}
    return CsvFile(name, content, encoding, delimiter, header, made, n_rows)


def numbers(
    column: Column, missing: Iterable[str], expected: str
) -> tuple[FloatArray, list[tuple[str, IntArray, str]]]:
    """The values (n,) of a column as numbers, NaN where missing, and what is wrong with the rest.

    Decimal point and decimal comma are both read, but not in one column: 1.234 could be either.
    """
    absent = {"", *missing}
    signs = {sign for level in column.levels if level not in absent for sign in (".", ",") if sign in level}
    values = np.empty(len(column.levels))
    bad: list[int] = []
    for number, level in enumerate(column.levels):
        values[number] = np.nan
        if level in absent:
            continue
        value = as_number(level)
        if value is None:
            bad.append(number)
        else:
            values[number] = value
    faults = [(column.name, np.flatnonzero(np.isin(column.index, bad)), f"this is no number; expected {expected}")]
    if len(signs) > 1:
        comma = [number for number, level in enumerate(column.levels) if "," in level and number not in bad]
        message = "decimal comma and decimal point stand in one column; expected one of them throughout"
        faults.append((column.name, np.flatnonzero(np.isin(column.index, comma)), message))
    return values[column.index], faults


def as_number(text: str) -> float | None:
    """A number written with a decimal point or comma; None for anything else."""
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def records(file: CsvFile) -> Iterator[tuple[int, list[str]]]:
    """Every row under the heading, with the line on which it starts."""
    return islice(_records(file.content, file.encoding, file.delimiter), 1, None)


def _refuse_content(name: str, content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise refusal(name, 0, f"the file is larger than {MAX_BYTES // 1024**2} MB; split it")
    if b"\x00" in content:
        line = content[: content.index(b"\x00")].count(b"\n") + 1
        raise refusal(name, line, "there is a NUL byte, so this is no plain text; expected CSV saved as UTF-8")
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise refusal(name, 1, "the file is empty; expected a heading and rows")


def _encoding(name: str, content: bytes) -> str:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            content.decode("cp1252")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise refusal(name, line, "there are unreadable characters; expected UTF-8 or Windows-1252") from error
        return "cp1252"
    return "utf-8-sig"


def _delimiter(name: str, content: bytes, encoding: str) -> str:
    first = next(line for line in io.TextIOWrapper(io.BytesIO(content), encoding) if line.strip())
    bare = re.sub(r'"[^"]*"', "", first)
    found = max(DELIMITERS, key=bare.count)
    if bare.count(found) >= MAX_COLUMNS:
        raise refusal(name, 1, f"the file has more than {MAX_COLUMNS} columns")
    return found


def _header(name: str, content: bytes, encoding: str, delimiter: str, required: Sequence[str]) -> tuple[str, ...]:
    try:
        line, cells = next(_records(content, encoding, delimiter))
    except _UnreadableError as error:
        raise refusal(name, error.line, _UNREADABLE) from error
    header = tuple(plain(cell) for cell in cells)
    known = [cell for cell in header if cell]
    faults = [
        RowError(line, column, "", f"this column is missing; the file has {listed(known)}{suggestion(column, known)}")
        for column in dict.fromkeys(required)
        if column not in header
    ]
    twice = [cell for cell in dict.fromkeys(known) if header.count(cell) > 1]
    faults += [RowError(line, cell, "", "this column stands twice in the heading; expected once") for cell in twice]
    faults += [_formula(line, cell, cell) for cell in known if cell.startswith(_FORMULA)]
    refuse(name, faults)
    return header


def _records(content: bytes, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every record that is not blank, with the line on which it starts."""
    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            if _is_filled(cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise _UnreadableError(start) from error


def _blocks(
    name: str, content: bytes, dialect: tuple[str, str], width: int, advance: Advance
) -> Iterator[list[list[str]]]:
    encoding, delimiter = dialect
    source = io.BytesIO(content)
    text = io.TextIOWrapper(source, encoding, newline="")
    reader = filter(_is_filled, csv.reader(text, delimiter=delimiter, strict=True))
    is_looked_at = any(sign.encode() in content for sign in _FORMULA) and bool(_MAY_HOLD_FORMULA.search(content))
    if is_looked_at:
        _refuse_rows(name, content, dialect, width)
    try:
        next(reader)
        while block := list(islice(reader, _BLOCK)):
            if set(map(len, block)) != {width}:
                if not is_looked_at:
                    _refuse_rows(name, content, dialect, width)
                # what is left of wrong lengths are empty cells at the end of a row
                is_looked_at, block = True, [cells[:width] for cells in block]
            yield block
            advance(source.tell() / len(content))
    except csv.Error:
        _refuse_rows(name, content, dialect, width)


def _refuse_rows(name: str, content: bytes, dialect: tuple[str, str], width: int) -> None:
    """Look row by row for wrong lengths, formulas and quotes that do not close."""
    faults: list[RowError] = []
    try:
        for line, cells in islice(_records(content, *dialect), 1, None):
            faults += _row_faults(line, cells, width)
    except _UnreadableError as error:
        faults.append(RowError(error.line, "", "", _UNREADABLE))
    refuse(name, faults)


def _row_faults(line: int, cells: list[str], width: int) -> list[RowError]:
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        return [RowError(line, "", "", f"this row has {len(cells)} cells; expected {width}, as in the heading")]
    return [
        _formula(line, f"number {number}", cell)
        for number, cell in enumerate(cells, 1)
        if cell.strip().startswith(_FORMULA)
    ]


def _formula(line: int, column: str, value: str) -> RowError:
    return RowError(line, column, value[:SHOWN], "this looks like a formula; expected plain text or a number")


def _is_filled(cells: list[str]) -> bool:
    return bool(cells) and (bool(cells[0]) or any(cell.strip() for cell in cells))


def plain(cell: str) -> str:
    """The cell without spaces around it, and without the apostrophe that guards a spreadsheet against formulas."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:].lstrip().startswith(FORMULA_STARTS) else text


def _column(name: str, levels: dict[str, int], index: IntArray) -> Column:
    trimmed = [plain(level) for level in levels]
    if trimmed == list(levels):
        return Column(name, tuple(levels), index)
    known = _Levels()
    renumbered = np.array([known[level] for level in trimmed], dtype=np.int64)
    return Column(name, tuple(known), renumbered[index])
