"""Reports as one HTML file that needs nothing beside it: the product's own pictures, a small style of its own."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def render(template: str, **context: Any) -> bytes:
    """The page as bytes; the same context gives the same bytes."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(f"feedback/analyst/{template}").render(**context).encode()
