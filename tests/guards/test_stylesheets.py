"""The style sheets: readable colours, small, and built from the sources that stand beside them."""

import gzip
import re
from pathlib import Path

import pytest

from tools import build_css

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "static" / "css"
LARGEST_GZIPPED = 25_000

TEXT_ON_BACKGROUND = [
    ("--basis-color-default-color-document", "--panel-white"),
    ("--basis-color-default-color-document", "--panel-accent-soft"),
    ("--basis-color-default-color-document", "--panel-warning-soft"),
    ("--basis-color-default-color-document", "--panel-info-soft"),
    ("--basis-color-default-color-document", "--panel-ok-soft"),
    ("--basis-color-default-color-document", "--panel-danger-soft"),
    ("--basis-color-default-color-subtle", "--panel-white"),
    ("--basis-color-default-color-subtle", "--panel-accent-soft"),
    ("--basis-heading-color", "--panel-white"),
    ("--nl-link-color", "--panel-white"),
    ("--nl-link-color", "--panel-accent-soft"),
    ("--nl-link-color", "--panel-warning-soft"),
    ("--nl-link-color", "--panel-info-soft"),
    ("--nl-link-color", "--panel-danger-soft"),
    ("--nl-link-hover-color", "--panel-white"),
    ("--panel-accent", "--panel-white"),
    ("--panel-on-accent", "--panel-accent"),
    ("--panel-white", "--basis-color-action-1-inverse-bg-default"),
    ("--panel-white", "--basis-color-accent-1-inverse-bg-hover"),
    ("--panel-ok", "--panel-ok-soft"),
    ("--panel-info", "--panel-info-soft"),
    ("--panel-warning", "--panel-warning-soft"),
    ("--panel-danger", "--panel-danger-soft"),
    ("--panel-danger", "--panel-white"),
]
SHAPE_ON_BACKGROUND = [
    ("--panel-control-border", "--panel-white"),
    ("--panel-accent", "--panel-track"),
    ("--panel-second", "--panel-white"),
]


def _colours() -> dict[str, str]:
    text = (ROOT / "frontend" / "css" / "05-tokens.css").read_text() + (CSS / "theme.css").read_text()
    return {"--panel-white": "#fff", **dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{3,6});", text))}


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    channels = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(first: str, second: str) -> float:
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_formula_gives_the_known_extremes() -> None:
    assert _contrast("#000", "#fff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("text", "background"), TEXT_ON_BACKGROUND)
def test_text_is_readable_on_its_background(text: str, background: str) -> None:
    colours = _colours()
    assert _contrast(colours[text], colours[background]) >= 4.5


@pytest.mark.parametrize(("shape", "background"), SHAPE_ON_BACKGROUND)
def test_shapes_stand_out_from_their_background(shape: str, background: str) -> None:
    colours = _colours()
    assert _contrast(colours[shape], colours[background]) >= 3


def test_style_sheets_stay_small() -> None:
    total = sum(len(gzip.compress(path.read_bytes())) for path in CSS.glob("*.css"))
    assert total <= LARGEST_GZIPPED


def test_own_layer_in_the_result_is_the_one_in_the_sources() -> None:
    own = "\n".join(path.read_text(encoding="utf-8") for path in build_css.OWN_LAYER)
    assert build_css.TARGET.read_text(encoding="utf-8").split(build_css.BORDER)[1] == build_css.minify(own) + "\n"


def test_every_token_that_is_read_without_a_fallback_by_the_own_layer_exists() -> None:
    result = build_css.TARGET.read_text(encoding="utf-8") + (CSS / "theme.css").read_text(encoding="utf-8")
    own = "\n".join(path.read_text(encoding="utf-8") for path in build_css.OWN_LAYER)
    missing = {name for name in build_css.used_tokens(own) if f"{name}:" not in result}
    assert missing == set()


def test_style_sheets_load_nothing_from_elsewhere() -> None:
    for path in CSS.glob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "@import" not in text
        assert not re.search(r"url\((?!\s*[\"']?data:)", text), path.name
