"""The order of the tab key and the names that a screen reader says, stored per page and compared."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

SNAPSHOTS = Path(__file__).parent / "snapshots"
CHANGING = (
    (re.compile(r"\d{1,2} \w+ 20\d\d(,? (om )?\d\d:\d\d)?"), "DATE"),
    (re.compile(r"\b\d+ dag(en)?\b"), "N days"),
    (re.compile(r"/(v|vragenlijsten|opdrachten)/[\w.-]{12,}"), r"/\1/ID"),
    (re.compile(r"(127\.0\.0\.1|localhost):\d+"), "HOST"),
)
FOCUSED = """() => {
  const e = document.activeElement;
  if (e === document.body) return '';
  const label = e.labels && e.labels.length ? e.labels[0].innerText : e.innerText || e.getAttribute('aria-label') || '';
  return [e.tagName.toLowerCase(), e.type || '', e.name || '', label.replace(/\\s+/g, ' ').trim()].join(' | ');
}"""


def stored(name: str, found: str) -> None:
    """Compare with what is stored; UPDATE_SNAPSHOTS=1 stores it anew."""
    for pattern, instead in CHANGING:
        found = pattern.sub(instead, found)
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        file.parent.mkdir(exist_ok=True)
        file.write_text(found + "\n", encoding="utf-8")
    assert file.read_text(encoding="utf-8") == found + "\n", f"the page {name} reads or tabs otherwise than stored"


def tabs(page: Page) -> Iterator[str]:
    """What gets the focus, key by key, until it starts again."""
    page.locator("body").evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    seen: list[str] = []
    for _ in range(120):
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUSED)
        if not now or (seen and now == seen[0] and len(seen) > 2):
            return
        seen.append(now)
        yield now


def check_names(page: Page, name: str) -> None:
    """Store or compare both the order of the tab key and the tree of names."""
    order = "\n".join(tabs(page))
    stored(name, f"{order}\n\n{page.locator('body').aria_snapshot()}")
