"""Reads letters back from paper, as the camera of a telephone does."""

import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image


def scan(pdf: bytes, folder: Path) -> list[list[str]]:
    """What the square codes of each page say, on a print as coarse as a poor one."""
    file = folder / "printed.pdf"
    file.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "100", "-png", str(file), str(folder / "page")], check=True)
    return [[found.text for found in _codes(page)] for page in sorted(folder.glob("page*.png"))]


def _codes(page: Path) -> list[zxingcpp.Barcode]:
    with Image.open(page) as picture:
        return zxingcpp.read_barcodes(picture)
