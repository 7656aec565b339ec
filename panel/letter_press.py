"""Sets letters as tagged PDF (PDF/UA-1). Heavy, and needs Pango: a process for one batch alone.

Reads from its input what the worker wants set, and writes the PDF to its output.
"""

import pickle
import sys
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from panel.letters import NO_PANGO, Letter, Mailing

try:
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher
except OSError:  # WeasyPrint is installed, the system library Pango is not
    PRINTABLE = False
else:
    PRINTABLE = True

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
STYLE = Path(__file__).with_name("letter.css")
MARGIN_TOP = 20
HEAD_BELOW_ADDRESS = 30


def compose(template: str, letters: Sequence[Letter], mailing: Mailing, counts: Sequence[str]) -> bytes:
    """One PDF with the letters."""
    templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = templates.get_template(template).render(letters=letters, mailing=mailing, counts=counts)
    # what a letter shows is in the letter: nothing is fetched from anywhere
    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=["data"]))
    styles = [CSS(filename=str(STYLE)), CSS(string=_window(mailing))]
    return bytes(document.write_pdf(stylesheets=styles, pdf_variant="pdf/ua-1"))


def _window(mailing: Mailing) -> str:
    """Where the address stands, from the edge of the paper, so that it shows in the window of the envelope."""
    top = mailing.address_top - MARGIN_TOP
    return f"address {{ top: {top}mm; }} .head {{ height: {top + HEAD_BELOW_ADDRESS}mm; }}"


def main() -> int:
    """Set one batch; returns NO_PANGO where the system cannot print."""
    if not PRINTABLE:
        return NO_PANGO
    # written by the worker that started this process, over a pipe that nobody else holds
    work = pickle.load(sys.stdin.buffer)  # noqa: S301
    sys.stdout.buffer.write(compose(*work))
    return 0


if __name__ == "__main__":
    sys.exit(main())
