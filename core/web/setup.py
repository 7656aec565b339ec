"""Puts the web edge together: database, forms, languages, sessions, guards."""

from flask import Flask, Request
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from core import clock, crypto, dialect, keystore, trace
from core.config import Config
from core.db import db
from core.web import access, assets, context, errors, headers, inputs, logs, origins, visitors

csrf = CSRFProtect()
migrate = Migrate()
babel = Babel()
login_manager = LoginManager()


@login_manager.request_loader  # type: ignore[untyped-decorator]  # Flask-Login has no types
def _load_visitor(_request: Request) -> visitors.Visitor | None:
    visitor = visitors.current()
    return visitor if visitor.is_authenticated else None


def configure(app: Flask, config: Config) -> None:
    """Hand the configuration to the extensions and to the process."""
    crypto.configure(config.keys)
    keystore.configure(config.keystore, config.recovery_keystore)
    clock.follow(config.clock_file)
    app.config.update(
        PANEL=config,
        SECRET_KEY=config.session_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=dialect.engine_options(config.database_url),
        SESSION_COOKIE_NAME="__Host-form",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=16 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        BABEL_DEFAULT_LOCALE="nl",
        BABEL_DEFAULT_TIMEZONE="Europe/Amsterdam",
        TESTING=config.testing,
    )
    if config.proxies:
        # limits and the audit log need the visitor's address; only proxies of our own are believed
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign]


def init_app(app: Flask, config: Config) -> None:
    """Wire the ground floor into the application."""
    configure(app, config)
    db.init_app(app)
    with app.app_context():
        dialect.listen(db.engine)
    migrate.init_app(app, db, render_as_batch=True, directory="migrations")
    babel.init_app(app, default_locale="nl", locale_selector=context.locale)
    # no template asks for current_user: pages get the visitor from context
    login_manager.init_app(app, add_context_processor=False)

    @app.after_request
    def _trace(response: object) -> object:
        trace.flush()
        return response

    logs.init_app(app)
    inputs.init_app(app)
    access.init_app(app)
    origins.init_app(app)
    csrf.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    context.init_app(app)
    assets.init_app(app)
