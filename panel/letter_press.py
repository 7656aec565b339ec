"""Sets letters as tagged PDF (PDF/UA-1). Heavy, and needs Pango: loaded by the process of one batch alone."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from panel.letters import Letter, Mailing, PangoMissingError

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
    """One PDF with the letters; raises PangoMissingError where the system cannot print."""
    if not PRINTABLE:
        raise PangoMissingError("letters need Pango: see the page of the letters for what to install")
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
