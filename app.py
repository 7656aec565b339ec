"""Wires the product together; decides nothing."""

from flask import Flask

from core import cli, views
from core.config import Config, from_environment
from core.web import setup
from panel import cli as panel_cli
from feedback import cli as feedback_cli
from feedback import views as feedback_views
from panel import views as panel_views
from surveys import views as surveys_views

PACKAGES = (views, panel_views, surveys_views, feedback_views)
GROUPS = (feedback_cli.GROUP,)


def create_app(config: Config | None = None) -> Flask:
    """Build the application: settings → extensions → blueprints → CLI → error pages."""
    app = Flask(__name__)
    setup.init_app(app, config or from_environment())
    for package in PACKAGES:
        for blueprint in package.BLUEPRINTS:
            app.register_blueprint(blueprint)
    cli.init_app(app)
    for group in GROUPS:
        app.cli.add_command(group)
    app.cli.add_command(panel_cli.GROUP)
    for group in GROUPS:
        app.cli.add_command(group)
    return app
