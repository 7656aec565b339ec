"""The districts as shapes for a drawing: outlines of Statistics Netherlands on a flat sheet."""

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "data"
FILES = "districts_*.geojson"
WIDTH = 600
Point = tuple[float, float]
Ring = list[Point]


@dataclass(frozen=True)
class Shape:
    """A district: the path of its outline and the point where its number stands."""

    code: str
    name: str
    path: str
    x: int
    y: int


@dataclass(frozen=True)
class Sheet:
    """All districts of a municipality on one drawing."""

    width: int
    height: int
    shapes: tuple[Shape, ...]


@cache
def sheet(gm_code: str) -> Sheet | None:
    """The drawing of a municipality; None when its borders are not shipped."""
    found = [f for path in sorted(FOLDER.glob(FILES)) for f in _features(path, gm_code)]
    if not found:
        return None
    rings = {f["properties"]["wijkcode"]: _rings(f["geometry"]) for f in found}
    points = [point for of_one in rings.values() for ring in of_one for point in ring]
    west, north = min(p[0] for p in points), max(p[1] for p in points)
    scale = WIDTH / (max(p[0] for p in points) - west)
    flat = {code: [_placed(ring, west, north, scale) for ring in of_one] for code, of_one in rings.items()}
    height = math.ceil((north - min(p[1] for p in points)) * scale)
    names = {f["properties"]["wijkcode"]: f["properties"]["wijknaam"] for f in found}
    return Sheet(WIDTH, height, tuple(_shape(code, names[code], flat[code]) for code in sorted(flat)))


def _features(path: Path, gm_code: str) -> list[dict[str, Any]]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return [f for f in features if f["properties"]["gemeentecode"] == gm_code]


def _rings(geometry: dict[str, Any]) -> list[Ring]:
    """Every ring in units of equal length east and north."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[_flat(lon, lat) for lon, lat, *_ in ring] for polygon in polygons for ring in polygon]


def _flat(longitude: float, latitude: float) -> Point:
    # a degree east is shorter than a degree north; one municipality is small enough for its middle latitude
    return longitude * math.cos(math.radians(52.2)), latitude


def _placed(ring: Ring, west: float, north: float, scale: float) -> Ring:
    return [((x - west) * scale, (north - y) * scale) for x, y in ring]


def _shape(code: str, name: str, rings: list[Ring]) -> Shape:
    path = " ".join("M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + " Z" for ring in rings)
    x, y = _inside(max(rings, key=lambda ring: abs(_area(ring))))
    return Shape(code, name, path, round(x), round(y))


def _area(ring: Ring) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def _inside(ring: Ring) -> Point:
    """A point well inside: the middle of the widest crossing of some horizontal lines."""
    low, high = min(p[1] for p in ring), max(p[1] for p in ring)
    best, widest = ring[0], -1.0
    for step in range(1, 20):
        y = low + (high - low) * step / 20
        for left, right in _crossings(ring, y):
            # lines near the edge lie in corners: the middle of the height counts for more
            room = (right - left) * min(step, 20 - step)
            if room > widest:
                best, widest = ((left + right) / 2, y), room
    return best


def _crossings(ring: Ring, y: float) -> list[tuple[float, float]]:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    at = sorted(x1 + (y - y1) * (x2 - x1) / (y2 - y1) for (x1, y1), (x2, y2) in pairs if (y1 <= y) != (y2 <= y))
    return list(zip(at[::2], at[1::2], strict=False))
