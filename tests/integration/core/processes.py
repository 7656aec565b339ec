"""What a process of the product needs to run beside a test on the same database."""

import os
from pathlib import Path

from flask import Flask

from core.config import Config

ROOT = Path(__file__).parents[3]


def environment(app: Flask) -> dict[str, str]:
    """The environment of a second process with the same configuration."""
    config: Config = app.config["PANEL"]
    return {
        **os.environ,
        "FLASK_APP": f"{ROOT / 'app.py'}:create_app",
        "PANEL_DATABASE_URL": config.database_url,
        "PANEL_BASE_URL": config.base_url,
        "PANEL_SESSION_KEY": config.session_key,
        "PANEL_IDENTITY_KEYS": ",".join(config.keys.identity),
        "PANEL_INDEX_KEY": config.keys.index.decode(),
        "PANEL_KEYSTORE": str(config.keystore),
        "PANEL_RECOVERY_KEYSTORE": str(config.recovery_keystore),
        "PANEL_MAIL_URL": config.mail_url,
        "PANEL_MAIL_FROM": config.mail_from,
    }
