"""Files out: beside each other or not at all, and never a cell that a spreadsheet takes for a formula."""

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from analysis.arrays import FloatArray
from core import csv_out
from feedback.analyst import csv_file
from feedback.analyst.csv_file import Advance, CsvFile

_FLUSH = 50_000


def decimal_sign(file: CsvFile) -> str:
    """A comma where the file is divided by semicolons, as Dutch spreadsheets do; otherwise a point."""
    return "," if file.delimiter == ";" else "."


def number(value: float, sign: str) -> str:
    """A number with as many digits as are needed to read back the same."""
    return "" if value != value else repr(float(value)).replace(".", sign)


def with_columns(file: CsvFile, added: dict[str, FloatArray], advance: Advance | None = None) -> bytes:
    """The rows of the file in their order, with columns of numbers added, divided as the file was."""
    out = io.StringIO(newline="")
    parts: list[bytes] = []
    writer = csv.writer(out, delimiter=file.delimiter, lineterminator="\r\n")
    writer.writerow([safe(name) for name in (*file.header, *added)])
    sign = decimal_sign(file)
    columns = [values.tolist() for values in added.values()]
    guard = _Guard()
    for row, cells in enumerate(file.rows()):
        writer.writerow([*map(guard.__getitem__, cells), *(number(column[row], sign) for column in columns)])
        if row % _FLUSH == 0:
            parts.append(out.getvalue().encode())
            out.seek(0)
            out.truncate()
            if advance is not None:
                advance(row / file.n_rows)
    parts.append(out.getvalue().encode())
    return b"\xef\xbb\xbf" + b"".join(parts)


def table(headers: Sequence[str], rows: Iterable[Sequence[csv_out.Cell]]) -> bytes:
    """A file of tables, as the product writes them."""
    return csv_out.write(headers, rows)


def safe(cell: str) -> str:
    """The cell as it may stand in a file: a number as it is, any other text guarded against formulas."""
    return cell if csv_file.as_number(cell) is not None else csv_out.safe_cell(cell)


def write_all(files: dict[Path, bytes]) -> None:
    """Write all files or none: each first beside its place, then put in place; raises OSError."""
    waiting: dict[Path, Path] = {}
    try:
        for path, content in files.items():
            waiting[path] = _beside(path, content)
        for path in files:
            if path.is_dir():
                raise IsADirectoryError(f"{path} is a folder")
        for path, ready in waiting.items():
            ready.replace(path)
    finally:
        for ready in waiting.values():
            ready.unlink(missing_ok=True)


def _beside(path: Path, content: bytes) -> Path:
    # made for its owner's eyes alone: these files are about persons
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


class _Guard(dict[str, str]):
    """What is written for a cell as it was read; the first ones met are kept, as most come back."""

    def __missing__(self, cell: str) -> str:
        guarded = safe(csv_file.plain(cell))
        if len(self) < _FLUSH:
            self[cell] = guarded
        return guarded
