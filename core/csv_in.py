"""Reading a CSV file that somebody uploads: BOM, cp1252, `;` or `,`; every fault by line and column, all or nothing."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from core.errors import ImportRefusedError, RowError

T = TypeVar("T")
MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_FAULTS = 100
SHOWN = 60


@dataclass(frozen=True)
class CsvRow:
    """One row of the file: the line as a person counts it and the trimmed values by column name."""

    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """The value of a column; empty for an optional column that the file leaves out."""
        return self.values.get(column, "")


class CellError(ValueError):
    """A cell whose content is wrong; `parse` functions raise it, `convert` turns it into a RowError."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column
        self.message = message


def read(
    content: bytes,
    required: Sequence[str],
    optional: Sequence[str] = (),
    *,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> list[CsvRow]:
    """The rows of a file with these columns (any order, any case); raises ImportRefusedError with every fault."""
    if len(content) > max_bytes:
        raise _refused(0, "", f"Het bestand is groter dan {max_bytes // 1024 // 1024} MB. Maak het kleiner.")
    text = _decode(content)
    if not text.strip():
        raise _refused(0, "", "Het bestand is leeg.")
    records = _records(text, max_rows)
    _line, first = records[0]
    names = _columns(first, required, optional)
    return _rows(records[1:], names)


def convert(rows: Iterable[CsvRow], parse: Callable[[CsvRow], T]) -> list[T]:
    """Apply `parse` to every row; raises ImportRefusedError with all CellErrors when there is one."""
    done: list[T] = []
    faults: list[RowError] = []
    for row in rows:
        try:
            done.append(parse(row))
        except CellError as error:
            value = row.values.get(error.column, "")[:SHOWN]
            faults.append(RowError(row.line, error.column, value, error.message))
    refuse(faults)
    return done


def refuse(faults: list[RowError]) -> None:
    """Raise ImportRefusedError when there are faults; a long list is cut and says so."""
    if not faults:
        return
    shown = faults[:MAX_FAULTS]
    if len(faults) > MAX_FAULTS:
        shown.append(RowError(0, "", "", f"En nog {len(faults) - MAX_FAULTS} fouten. Verbeter eerst deze."))
    raise ImportRefusedError(shown)


def _refused(line: int, column: str, message: str, value: str = "") -> ImportRefusedError:
    return ImportRefusedError([RowError(line, column, value[:SHOWN], message)])


def _decode(content: bytes) -> str:
    if b"\x00" in content:
        line = content[: content.index(b"\x00")].count(b"\n") + 1
        raise _refused(line, "", "Dit is geen gewoon tekstbestand. Sla het op als CSV (UTF-8).")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused(0, "", "Er staan tekens in het bestand die niet te lezen zijn. Sla het op als CSV (UTF-8).")


def _records(text: str, max_rows: int) -> list[tuple[int, list[str]]]:
    head = text.lstrip().partition("\n")[0]
    delimiter = ";" if head.count(";") >= head.count(",") else ","
    if head.count(delimiter) >= MAX_COLUMNS:
        raise _refused(1, "", f"Het bestand heeft meer dan {MAX_COLUMNS} kolommen.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append((start, [cell.strip() for cell in cells]))
            start = reader.line_num + 1
            if len(records) > max_rows + 1:
                raise _refused(start, "", f"Het bestand heeft meer dan {max_rows} regels.")
    except csv.Error as error:
        raise _refused(start, "", "Deze regel is niet te lezen: kijk of de aanhalingstekens kloppen.") from error
    return records


def _columns(first: list[str], required: Sequence[str], optional: Sequence[str]) -> list[str]:
    known = {name.casefold(): name for name in (*required, *optional)}
    names = [known.get(cell.casefold(), cell) for cell in first]
    faults = [
        RowError(1, name, "", "Deze kolom ontbreekt. Neem de namen van de kolommen over uit het voorbeeld.")
        for name in required
        if name not in names
    ]
    faults += [
        RowError(1, name, "", "Deze kolom staat er twee keer in.")
        for name in dict.fromkeys(names)
        if name and names.count(name) > 1
    ]
    refuse(faults)
    return names


def _rows(records: list[tuple[int, list[str]]], names: list[str]) -> list[CsvRow]:
    rows, faults = [], []
    for line, cells in records:
        extra = [cell for cell in cells[len(names) :] if cell]
        if len(cells) < len(names) or extra:
            message = f"Deze regel heeft {len(cells)} kolommen. Het moeten er {len(names)} zijn."
            faults.append(RowError(line, "", "", message))
            continue
        values = dict(zip(names, cells, strict=False))
        faults += [
            RowError(line, name, value[:SHOWN], "Dit lijkt een formule. Zet er gewone tekst neer.")
            for name, value in values.items()
            if value.startswith(("=", "@", "\t"))
        ]
        rows.append(CsvRow(line, values))
    refuse(faults)
    return rows
