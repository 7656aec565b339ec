"""Sets letters as tagged PDF (PDF/UA-1). Heavy, and needs Pango: a process for one batch alone.

Reads the page from its input and writes the PDF to its output.
"""

import gc
import sys
from pathlib import Path

from panel.letters import NO_PANGO

try:
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher
except OSError:  # WeasyPrint is installed, the system library Pango is not
    PRINTABLE = False
else:
    PRINTABLE = True

STYLE = Path(__file__).with_name("letter.css")
MARGIN_TOP = 20
HEAD_BELOW_ADDRESS = 30


def compose(html: str, address_top: int) -> bytes:
    """One PDF with the letters; the address stands `address_top` millimetres from the edge of the paper."""
    # what a letter shows is in the letter: nothing is fetched from anywhere
    document = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=["data"]))
    top = address_top - MARGIN_TOP
    window = f"address {{ top: {top}mm; }} .head {{ height: {top + HEAD_BELOW_ADDRESS}mm; }}"
    return bytes(document.write_pdf(stylesheets=[CSS(filename=str(STYLE)), CSS(string=window)], pdf_variant="pdf/ua-1"))


def main() -> int:
    """Set one batch; returns NO_PANGO where the system cannot print."""
    if not PRINTABLE:
        return NO_PANGO
    # a fifth of the time went to looking for waste that goes with the process anyway
    gc.disable()
    sys.stdout.buffer.write(compose(sys.stdin.buffer.read().decode(), int(sys.argv[1])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
