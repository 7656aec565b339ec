"""Letters as tagged PDF. Only the worker imports this: WeasyPrint is heavy and needs Pango."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno
from flask import current_app

try:
    from weasyprint import CSS, HTML
except OSError:  # WeasyPrint is installed, the system library Pango is not
    PRINTABLE = False
else:
    PRINTABLE = True

STYLE = Path(__file__).with_name("letter.css")


class PangoMissingError(RuntimeError):
    """This machine cannot make letters."""


@dataclass(frozen=True)
class Letter:
    """One letter: whom to, and the code with the address that holds it."""

    name: str
    street: str
    place: str
    code: str
    url: str

    @property
    def qr(self) -> str:
        """The QR code of the address as an image."""
        uri: str = segno.make(self.url, error="m").svg_data_uri(scale=4, border=2)
        return uri


def render(template: str, letters: list[Letter], context: dict[str, Any]) -> bytes:
    """One PDF with a page per letter; raises PangoMissingError where the system cannot print."""
    if not PRINTABLE:
        raise PangoMissingError("letters need Pango: see the page of the letters for what to install")
    page = current_app.jinja_env.get_template(template).render(letters=letters, **context)
    document = HTML(string=page).write_pdf(stylesheets=[CSS(filename=str(STYLE))], pdf_variant="pdf/ua-1")
    return bytes(document)
