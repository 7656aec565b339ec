"""Looking at a page as a critic: valid, complete, readable on a phone and on a desk, kept as a picture."""

import os
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from tests.conftest import check_html
from tests.e2e.axe import violations

WIDTHS = (360, 1280)
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
PICTURES = os.environ.get("E2E_SCREENSHOTS")


@dataclass
class Critic:
    """Collects every fault of every page, so that one run tells all."""

    folder: Path
    faults: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)

    def judge(self, page: Page, name: str, body: str = "") -> None:
        """Check the open page at both widths; `body` is its source, checked and kept for the validator."""
        self.seen[name] += 1
        label = re.sub(r"[^a-z0-9.]+", "-", f"{name}-{self.seen[name]}".lower()).strip("-")
        if body:
            self._source(label, body)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 740 if width < 600 else 900})
            self.faults += [f"{label} at {width}: {fault}" for fault in violations(page)]
            if (wider := page.evaluate(WIDER)) > 0:
                self.faults.append(f"{label} at {width}: {wider} pixels too wide")
            if PICTURES:
                Path(PICTURES).mkdir(parents=True, exist_ok=True)
                page.screenshot(path=Path(PICTURES) / f"{label}-{width}.png", full_page=True)

    def _source(self, label: str, body: str) -> None:
        (self.folder / f"{label}.html").write_text(body, encoding="utf-8")
        try:
            check_html(body, label)
        except Exception as error:  # every fault is told at the end
            self.faults.append(f"{label}: {type(error).__name__} {error}")

    def visit(self, page: Page, url: str, name: str) -> int:
        """Open a page and judge it; returns its status."""
        answer = page.goto(url)
        assert answer is not None, url
        if answer.status >= 500:
            self.faults.append(f"{name}: status {answer.status} at {url}")
        self.judge(page, name, answer.text())
        return answer.status
