"""Answers that are files."""

from collections.abc import Iterable, Sequence

from flask import Response

from core import csv_out


def csv_file(name: str, headers: Sequence[str], rows: Iterable[Sequence[csv_out.Cell]]) -> Response:
    """A CSV file to download; `name` is ours, without extension."""
    answer = Response(csv_out.write(headers, rows), content_type=csv_out.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
