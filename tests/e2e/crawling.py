"""Walks along the links of one role, some pages of each endpoint, and remembers which endpoints were seen."""

import json
import re
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from tests.e2e.conftest import ROOT, Product
from tests.e2e.looking import Critic

FILES = re.compile(r"\.(csv|pdf|ics|json|txt|zip)$")
HREFS = "all => all.map(a => a.href)"
FORMS = "main form[method=post] :is(input:not([type=hidden]), textarea, select)"
PER_ENDPOINT = 2
# no pages: files, texts for machines, and addresses that only send on to another page
NO_PAGES = {
    *("static", "site.health", "site.robots_txt", "site.security_txt", "surveys_council.go_on"),
    *("surveys_respondent.home", "panel_clerk.address_letters_file"),
    *("panel_public.choose_language", "panel_member.renew_consent"),
}


def routes(product: Product) -> Map:
    """The addresses of the product."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.e2e.routes"], cwd=ROOT, env=product.environment, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    return Map([Rule(rule, endpoint=endpoint) for rule, endpoint in json.loads(told.stdout)])


@dataclass
class Crawler:
    """One role's way through the product."""

    product: Product
    critic: Critic
    map: Map
    seen: Counter[str] = field(default_factory=Counter)
    public: set[str] = field(default_factory=set)
    forms: dict[str, tuple[str, str]] = field(default_factory=dict)

    def endpoint(self, url: str) -> str:
        """The endpoint of an address of the product, or nothing."""
        parts = urlsplit(url)
        if parts.netloc != urlsplit(self.product.url).netloc:
            return ""
        try:
            return str(self.map.bind(parts.netloc).match(parts.path)[0])
        except HTTPException:
            return ""

    @property
    def pages(self) -> set[str]:
        """Every endpoint that is a page."""
        return {r.endpoint for r in self.map.iter_rules() if not FILES.search(r.rule)} - NO_PAGES

    def walk(self, role: str, page: Page, start: Iterable[str]) -> None:
        """Visit what can be reached, a few pages of each endpoint; each role looks for itself."""
        waiting, known, visits, before = deque(start), set[str](), Counter[str](), Counter(self.seen)
        while waiting:
            url = waiting.popleft().split("#")[0]
            endpoint = self.endpoint(url)
            if url in known or FILES.search(urlsplit(url).path) or endpoint in {"", *NO_PAGES}:
                continue
            known.add(url)
            if visits[endpoint] >= self._share(endpoint, before):
                continue
            visits[endpoint] += 1
            status = self.critic.visit(page, url, f"{role}-{endpoint}")
            if status in {403, 404}:
                self.critic.faults.append(f"{role} is sent to a page that answers {status}: {url}")
            self.note(page)
            if page.locator(FORMS).count():
                self.forms.setdefault(endpoint, (role, url))
            waiting.extend(page.locator("a[href]").evaluate_all(HREFS))
        self.public = self.public or set(self.seen)

    def _share(self, endpoint: str, before: Counter[str]) -> int:
        """How many pages of an endpoint are enough for a role: what visitors have seen is the same for all."""
        if not before[endpoint]:
            return PER_ENDPOINT
        return 0 if endpoint in self.public else 1

    def note(self, page: Page) -> None:
        """Remember the endpoint of the open page."""
        self.seen[self.endpoint(page.url)] += 1

    def look(self, page: Page, name: str) -> None:
        """Judge a page that was reached by doing something."""
        self.note(page)
        self.critic.judge(page, name)
