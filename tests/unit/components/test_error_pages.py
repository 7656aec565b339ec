"""Error pages: each says what to do next, also when a gate or an import was refused."""

from typing import Any

import pytest

from core.errors import BlockedError, Blocker, ImportRefusedError, RowError
from tests.unit.components.rendering import ENVIRONMENT, render_page, texts

STATUSES = [400, 403, 404, 405, 409, 410, 413, 429, 500]


def _url(endpoint: str, **values: Any) -> str:
    return f"/{endpoint}/{values.get('slug', '')}#{values.get('_anchor') or ''}"


@pytest.fixture(autouse=True)
def _application(monkeypatch: pytest.MonkeyPatch) -> None:
    site = {"name": "Inwonerspanel", "municipality": "Zeist", "telephone": "14 030", "email": "", "demonstration": True}
    given = {"site": site, "nav_items": list, "url_for": _url, "asset": "/static/{}".format}
    given["get_flashed_messages"] = lambda **_options: []
    for name, value in given.items():
        monkeypatch.setitem(ENVIRONMENT.globals, name, value)


@pytest.mark.parametrize("status", STATUSES)
def test_error_page_names_the_fault_once_and_gives_a_telephone_number(status: int) -> None:
    page = render_page(f"errors/{status}.html")
    (heading,) = texts(page, ".//h1")
    assert texts(page, ".//title") == [f"{heading} – Inwonerspanel"]
    assert "Bel 14 030" in texts(page, ".//main")[0]


@pytest.mark.parametrize("status", STATUSES)
def test_every_page_of_a_demonstration_says_so_and_is_not_indexed(status: int) -> None:
    page = render_page(f"errors/{status}.html")
    assert texts(page, ".//aside//strong") == ["VOORBEELD – verzonnen."]
    assert [found.get("content") for found in page.findall(".//meta[@name='robots']")] == ["noindex, nofollow"]


def test_refused_gate_lists_everything_that_is_missing_with_the_place_to_mend_it() -> None:
    missing = [
        Blocker("purpose", "Het doel ontbreekt.", "commissions.edit", {"slug": "groen"}, "purpose"),
        Blocker("contact", "Er is geen contactpersoon."),
    ]
    page = render_page("errors/409.html", error=BlockedError(missing))
    assert texts(page, ".//main//li") == ["Het doel ontbreekt.", "Er is geen contactpersoon."]
    links = [found.get("href") for found in page.findall(".//main//li/a")]
    assert links == ["/commissions.edit/groen#purpose"]


def test_refused_file_shows_line_column_value_and_reason() -> None:
    error = ImportRefusedError([RowError(3, "wijk", "<Noord>", "Deze wijk kennen wij niet.")])
    page = render_page("errors/400.html", error=error)
    assert texts(page, ".//tbody/tr/*") == ["3", "wijk", "<Noord>", "Deze wijk kennen wij niet."]


def test_page_that_was_open_too_long_says_that_saved_answers_are_still_there() -> None:
    page = render_page("errors/400.html", error=None)
    assert "Wat u eerder bewaarde, staat er nog." in texts(page, ".//main")[0]
