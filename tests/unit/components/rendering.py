"""Renders a macro as the application does, and refuses HTML with a fault in it."""

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from jinja2 import Environment, FileSystemLoader

from core.web import form_errors

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n"],
)
# the source of every text is Dutch; test_translations looks at the other language
ENVIRONMENT.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
ENVIRONMENT.globals["csrf_token"] = lambda: "token"
ENVIRONMENT.filters["faults"] = form_errors.summary_of
# compiled before the first test, whose time is bounded
for name in ENVIRONMENT.list_templates(filter_func=lambda path: path.startswith(("components/", "errors/"))):
    ENVIRONMENT.get_template(name)


def _parse(html: str) -> Element:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    page: Element = parser.parse(html)
    return page


def render(source: str, **values: Any) -> Element:
    """Parse what a piece of template gives; a fault in the HTML is an error."""
    html = ENVIRONMENT.from_string(source).render(**values)
    return _parse(f"<!DOCTYPE html><title>t</title><body>{html}</body>")


def render_page(name: str, **values: Any) -> Element:
    """Parse a whole page."""
    return _parse(ENVIRONMENT.get_template(name).render(**values))


def texts(page: Element, path: str) -> list[str]:
    """The words of each element on the path, white space folded."""
    return [" ".join("".join(found.itertext()).split()) for found in page.findall(path)]


def with_id(page: Element, wanted: str) -> Element:
    """The one element with this id."""
    (found,) = [element for element in page.iter() if element.get("id") == wanted]
    return found
