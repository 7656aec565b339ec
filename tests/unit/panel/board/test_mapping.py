"""The map: every shipped municipality has its districts, and every number stands inside its own district."""

import json
import re

import pytest

from panel.board import mapping

MUNICIPALITIES = ("GM0355", "GM0797", "GM0148", "GM0109", "GM0262", "GM0307")


def inside(x: float, y: float, path: str) -> bool:
    """Whether a point lies in a path, by counting the edges to its left."""
    odd = False
    for part in path.split("M")[1:]:
        points = [tuple(map(float, p.split())) for p in re.split(r"[LZ]", part) if p.strip()]
        for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
                odd = not odd
    return odd


@pytest.mark.parametrize("gm_code", MUNICIPALITIES)
def test_numbers_stand_inside_their_districts(gm_code: str) -> None:
    sheet = mapping.sheet(gm_code)
    assert sheet is not None
    for shape in sheet.shapes:
        assert inside(shape.x, shape.y, shape.path), shape.name
        assert 0 <= shape.x <= sheet.width
        assert 0 <= shape.y <= sheet.height


def test_shapes_are_those_of_the_file_and_north_is_up() -> None:
    sheet = mapping.sheet("GM0355")
    assert sheet is not None
    document = json.loads((mapping.FOLDER / "districts_zeist_2024.geojson").read_text(encoding="utf-8"))
    names = {f["properties"]["wijkcode"]: f["properties"]["wijknaam"] for f in document["features"]}
    assert {s.code: s.name for s in sheet.shapes} == names
    places = {s.name: s for s in sheet.shapes}
    assert places["Den Dolder e.o."].y < places["Zeist-West"].y


def test_municipality_without_borders_has_no_map() -> None:
    assert mapping.sheet("GM9999") is None


def test_a_degree_east_is_shorter_than_a_degree_north() -> None:
    x, y = mapping._flat(1.0, 1.0)
    assert 0.6 < x / y < 0.63
