"""Wires the product together; decides nothing."""

from flask import Flask

import core.cli
import core.views
import feedback.cli
import feedback.views
import panel.cli
import panel.views
import portal.cli
import portal.views
import surveys.cli
import surveys.views
from core.config import Config, from_environment
from core.web import setup
from core.web.flask_app import PanelApp

# loading a package's views also registers its permissions and its mails
PACKAGES = (core.views, panel.views, surveys.views, feedback.views, portal.views)
GROUPS = (panel.cli.GROUP, surveys.cli.GROUP, feedback.cli.GROUP, feedback.cli.ANALYSIS, portal.cli.GROUP)


def create_app(config: Config | None = None) -> Flask:
    """Build the application: settings → extensions → blueprints → CLI → error pages."""
    app = PanelApp(__name__)
    setup.init_app(app, config or from_environment())
    for package in PACKAGES:
        for blueprint in package.BLUEPRINTS:
            app.register_blueprint(blueprint)
    core.cli.init_app(app)
    for group in GROUPS:
        app.cli.add_command(group)
    return app
