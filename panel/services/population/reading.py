"""Reads a table of figures row by row: CSV, or a ZIP with one CSV; `;`, `,` or tab; UTF-8 or Windows text."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core.errors import ImportRefusedError, RowError

MOST_FAULTS = 100
SHOWN = 60
BIGGEST = 2 * 1024**3
TOLD_EVERY = 20_000
HEAD = 1 << 20
XLSX = "Dit is een Excel-bestand. Open het, kies Opslaan als, en neem CSV UTF-8 (gescheiden door puntkomma's)."
UNREADABLE = "Er staan tekens in het bestand die niet te lezen zijn. Sla het op als CSV UTF-8."
Told = Callable[[int, int], None]


class Faults:
    """Every fault of a file in the order found; a long list is cut and says so."""

    def __init__(self) -> None:
        self.found: list[RowError] = []
        self.total = 0

    def add(self, line: int, column: str, value: str, message: str) -> None:
        """Note a fault."""
        self.total += 1
        if len(self.found) < MOST_FAULTS:
            self.found.append(RowError(line, column, value[:SHOWN], message))

    def refuse(self) -> None:
        """Raise ImportRefusedError when there are faults."""
        if self.found:
            more = self.total - len(self.found)
            last = [RowError(0, "", "", f"En nog {more} fouten. Verbeter eerst deze.")] if more else []
            raise ImportRefusedError([*self.found, *last])


def refuse_file(message: str, *, line: int = 0, column: str = "", value: str = "") -> ImportRefusedError:
    """A file that cannot be read any further."""
    return ImportRefusedError([RowError(line, column, value[:SHOWN], message)])


@dataclass
class Table:
    """An open file: the names of its columns and its rows with the line they start at."""

    columns: list[str]
    rows: Iterator[tuple[int, list[str]]]
    faults: Faults = field(default_factory=Faults)


def nobody(_done: int, _total: int) -> None:
    """Nobody to tell how far we are."""


@contextmanager
def open_table(path: Path, told: Told = nobody) -> Iterator[Table]:
    """The table of a file; raises ImportRefusedError when it is none. `told` hears bytes read of bytes in all."""
    with path.open("rb") as raw:
        start = raw.read(4)
        raw.seek(0)
        if start[:2] == b"PK":
            with _unpacked(raw) as (stream, size):
                yield _table(stream, size, told)
        elif start[:4] == b"\xd0\xcf\x11\xe0":
            raise refuse_file(XLSX)
        else:
            yield _table(raw, path.stat().st_size, told)


@contextmanager
def _unpacked(raw: IO[bytes]) -> Iterator[tuple[IO[bytes], int]]:
    try:
        archive = zipfile.ZipFile(raw)
    except zipfile.BadZipFile as error:
        raise refuse_file("Het ZIP-bestand is beschadigd. Download het opnieuw.") from error
    with archive:
        if any(name.startswith("xl/") for name in archive.namelist()):
            raise refuse_file(XLSX)
        inside = [info for info in archive.infolist() if info.filename.casefold().endswith((".csv", ".txt"))]
        tables = [
            i for i in inside if not Path(i.filename).stem.casefold().startswith(("readme", "leesmij", "metadata"))
        ]
        if len(tables) != 1:
            raise refuse_file(f"In het ZIP-bestand moet precies één CSV-bestand zitten. Het zijn er {len(tables)}.")
        if tables[0].file_size > BIGGEST:
            raise refuse_file("Het bestand is uitgepakt groter dan 2 GB.")
        with archive.open(tables[0]) as stream:
            yield stream, tables[0].file_size


def _table(stream: IO[bytes], size: int, told: Told) -> Table:
    counted = _Counted(stream)
    buffered = io.BufferedReader(counted, HEAD)
    head = buffered.peek(HEAD)[:HEAD]
    if not head.strip():
        raise refuse_file("Het bestand is leeg.")
    text = io.TextIOWrapper(buffered, encoding=_encoding(head), errors="strict", newline="")
    records = _records(text, _delimiter(head), counted, size, told)
    line, columns = next(records)
    names = [name.strip().strip("\ufeff") for name in columns]
    if len(names) < 2:
        raise refuse_file("Er is maar één kolom. Is dit wel een CSV-bestand met puntkomma's of komma's?", line=line)
    return Table(names, records)


class _Counted(io.RawIOBase):
    """Counts the bytes that were read, for the progress."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self.done = stream, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # narrower than Buffer
        chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self.done += len(chunk)
        return len(chunk)


def _encoding(head: bytes) -> str:
    if b"\x00" in head:
        raise refuse_file("Dit is geen gewoon tekstbestand. Sla het op als CSV UTF-8.")
    try:
        # of a long file the last character may be cut in two
        whole = len(head) < HEAD
        head[: len(head) if whole else head.rfind(b"\n") + 1].decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _delimiter(head: bytes) -> str:
    first = head.lstrip(b"\xef\xbb\xbf\r\n ").partition(b"\n")[0].decode("utf-8", "replace")
    return max((";", ",", "\t"), key=first.count)


def _records(
    text: IO[str], delimiter: str, counted: _Counted, size: int, told: Told
) -> Iterator[tuple[int, list[str]]]:
    reader, start, number = csv.reader(text, delimiter=delimiter, strict=True), 1, 0
    try:
        for cells in reader:
            number += 1
            if number % TOLD_EVERY == 0:
                told(min(counted.done, size), size)
            if any(cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        message = "Deze regel is niet te lezen: kijk of de aanhalingstekens kloppen."
        raise refuse_file(message, line=start) from error
    except UnicodeDecodeError as error:
        raise refuse_file(UNREADABLE, line=start) from error
    told(size, size)
