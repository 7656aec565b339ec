"""CSV that Dutch spreadsheets open at once: UTF-8 with BOM, semicolons, and never a cell that starts a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from core import clock

Cell = str | int | float | bool | date | datetime | None
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
MEDIA_TYPE = "text/csv; charset=utf-8"


def safe_cell(value: Cell) -> str:
    """The text of a cell; text that a spreadsheet could take for a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, datetime):
        return clock.to_amsterdam(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return str(value).replace(".", ",")
    text = value.replace("\x00", "")
    return f"'{text}" if text.lstrip(" \u00a0\ufeff").startswith(FORMULA_STARTS) else text


def write(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The whole file: a row of headers and the rows."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe_cell(header) for header in headers])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
