"""Flask as this product runs it: no async views, template globals read at the speed of a plain dict."""

from collections.abc import Callable, MutableMapping
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.templating import Environment


class TemplateEnvironment(Environment):
    """Templates get the shared globals themselves; a layer over them costs a walk through it at every import."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template; a template loaded with its own keeps these apart."""
        return super().make_globals(d) if d else self.globals


class FormCookie(SecureCookieSessionInterface):
    """The signed cookie behind forms and messages; its signer is made once per application."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def get_signing_serializer(self, app: Flask) -> Any:
        """Return the signer under the application's key."""
        key = str(app.secret_key)
        if key not in self._made:
            self._made[key] = super().get_signing_serializer(app)
        return self._made[key]


class PanelApp(Flask):
    """The application; every view, hook and error page is a plain function."""

    jinja_environment = TemplateEnvironment
    session_interface = FormCookie()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return `func` as it is: asking every hook of every request whether it is async costs more than it brings."""
        return func

    def log_exception(self, exc_info: Any) -> None:
        """Leave it to the page of the fault: Flask's own line holds the path, with its link, and what was typed."""
