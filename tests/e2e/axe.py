"""Run axe-core (vendored, MPL-2.0) on an open page."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """What axe finds wrong on the page: rule, how many places, and the first place."""
    page.evaluate(SCRIPT)
    result: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
    )
    return [f"{v['id']} ({len(v['nodes'])}): {v['nodes'][0]['html'][:160]}" for v in result["violations"]]


def overflows(page: Page) -> bool:
    """Whether the page scrolls sideways."""
    wider: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
    return wider
