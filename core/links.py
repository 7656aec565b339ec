"""Whole addresses for mails, letters and the command line, where there is no request to take the host from."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from core.config import Config


def absolute(endpoint: str, **values: Any) -> str:
    """The whole address of an endpoint under the public address of this installation."""
    config: Config = current_app.config["PANEL"]
    parts = urlsplit(config.base_url)
    adapter = current_app.url_map.bind(parts.netloc, script_name=parts.path or "/", url_scheme=parts.scheme)
    return adapter.build(endpoint, values, force_external=True)


def local_path(path: str) -> str:
    """A path of our own to go on to, or an empty text for whatever a browser could read as another site.

    Browsers and URL libraries drop tabs and other control characters and read a backslash as a slash.
    """
    ours = path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
    return path.removesuffix("?") if ours else ""


def host() -> str:
    """The host name of this installation, without port."""
    config: Config = current_app.config["PANEL"]
    return urlsplit(config.base_url).hostname or "localhost"
