"""Wires the product together; decides nothing."""

from flask import Flask

from core import cli, views
from core.config import Config, from_environment
from core.web import setup

PACKAGES = (views,)


def create_app(config: Config | None = None) -> Flask:
    """Build the application: settings → extensions → blueprints → CLI → error pages."""
    app = Flask(__name__)
    setup.init_app(app, config or from_environment())
    for package in PACKAGES:
        for blueprint in package.BLUEPRINTS:
            app.register_blueprint(blueprint)
    cli.init_app(app)
    return app
