"""Compiles the translations: translations/<language>/LC_MESSAGES/messages.po to the .mo file that the product reads.

The compiled files are part of the repository, so that a fresh clone speaks every language at once; run this after a
change in a .po file. A test compares them.
"""

import io
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parents[1] / "translations"


def catalogues() -> list[Path]:
    """The catalogues that people edit."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))


def compiled(source: Path) -> bytes:
    """What the product reads of a catalogue."""
    with source.open("rb") as file:
        catalogue = read_po(file)
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def main() -> None:
    """Compile every catalogue."""
    for source in catalogues():
        source.with_suffix(".mo").write_bytes(compiled(source))


if __name__ == "__main__":
    main()
