"""Readable, stable names for URLs."""

import re
import secrets
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from core.db import db


def slugify(text: str) -> str:
    """Lower-case words with hyphens; never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-") or "vragenlijst"


def free_slug(text: str, column: InstrumentedAttribute[str]) -> str:
    """The slug of a text, with a short random ending when it is taken."""
    slug = slugify(text)
    taken = db.session.scalar(select(column).where(column == slug)) is not None
    return f"{slug}-{secrets.token_hex(2)}" if taken else slug
