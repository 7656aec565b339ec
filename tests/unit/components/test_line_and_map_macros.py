"""Lines over time and the map of districts: drawn in percentages, told in words as well."""

from typing import Any

from panel.board import showing
from tests.unit.components.rendering import render, texts

LINES = """
{% import "components/charts.html" as charts %}
{{ charts.line_chart("Het panel wordt kleiner", lines, "Van alle leden.", "1.500", "november", "december", table) }}
"""
MAP = """
{% import "components/charts.html" as charts %}
{{ charts.district_map("Waar wonen de leden?", drawn, "Alle leden.") }}
"""
SVG = "{http://www.w3.org/2000/svg}"
TABLE = {"headers": ["Maand", "Leden"], "rows": [["november", "1.500"]], "numeric": [1]}


def test_line_of_three_points_has_two_pieces_and_a_table() -> None:
    lines = [{"points": [(0.0, 0.0), (50.0, 20.0), (100.0, 40.0)], "name": "chart__line", "label": "verwacht"}]
    page = render(LINES, lines=lines, table=TABLE)
    (drawing,) = [e for e in page.iter(f"{SVG}svg") if "plot--columns" in (e.get("class") or "")]
    pieces = [[e.get(n) for n in ("x1", "y1", "x2", "y2")] for e in drawing.iter(f"{SVG}line")]
    assert pieces == [["0.0%", "0.0%", "50.0%", "20.0%"], ["50.0%", "20.0%", "100.0%", "40.0%"]]
    assert "verwacht" in texts(page, ".//ul/li")
    assert texts(page, ".//td") == ["1.500"]


def test_map_tells_every_district_in_words_and_marks_the_few_and_the_many_with_a_pattern() -> None:
    rows = [row("WK035501", 0.10), row("WK035502", 0.20), row("WK035503", 0.30)]
    drawn = showing.district_map({"variable": "district", "rows": rows}, "GM0355")
    assert drawn is not None
    page = render(MAP, drawn=drawn)
    told = texts(page, ".//ol/li")
    assert len(told) == 3
    for words, verdict in zip(told, ("minder dan toeval", "zoals toeval", "meer dan toeval"), strict=True):
        assert verdict in words
    fills = [e.get("fill") for e in page.iter(f"{SVG}path") if e.get("fill")]
    assert fills == ["url(#map-fewer)", "url(#map-more)"]
    assert texts(page, f".//{SVG}text") == ["1", "2", "3"]


def test_map_is_not_drawn_for_districts_that_are_not_on_it() -> None:
    rows = [row("WK999901", 0.5)]
    assert showing.district_map({"variable": "district", "rows": rows}, "GM0355") is None
    assert showing.district_map({"variable": "district", "rows": rows}, "GM9999") is None


def row(code: str, share: float) -> dict[str, Any]:
    chance = {"population_share": 0.2, "chance_low": 0.15, "chance_high": 0.25}
    return {"category": code, "label": f"Wijk {code}", "share": share, "count": 1, "low": 0.0, "high": 1.0, **chance}
