"""Wires the product together; decides nothing."""

from flask import Flask

from core.config import Config, from_environment
from core.web import setup

BLUEPRINTS: tuple[str, ...] = ()


def create_app(config: Config | None = None) -> Flask:
    """Build the application: settings → extensions → blueprints → CLI → error pages."""
    app = Flask(__name__)
    setup.init_app(app, config or from_environment())
    return app
