"""Addresses of static files that name their content, so that a browser fetches each once and never asks again."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from flask import Flask

DIGITS = 12


def address(app: Flask) -> Callable[[str], str]:
    """How a template names a static file; a changed file has another address after the next start."""
    root = Path(str(app.static_folder))

    @cache
    def asset(name: str) -> str:
        digest = hashlib.sha256((root / name).read_bytes()).hexdigest()
        return f"{app.static_url_path}/{name}?v={digest[:DIGITS]}"

    return asset


def init_app(app: Flask) -> None:
    """Give templates `asset(name)`."""
    app.jinja_env.globals["asset"] = address(app)
