"""The environment is complete, or the program names everything that is wrong at once."""

import pytest
from cryptography.fernet import Fernet

from core.config import REQUIRED, ConfigError, from_environment

COMPLETE = {
    "PANEL_DATABASE_URL": "sqlite:////tmp/panel.db",
    "PANEL_BASE_URL": "https://panel.voorbeeld.example/",
    "PANEL_SESSION_KEY": "s" * 32,
    "PANEL_IDENTITY_KEYS": f"{Fernet.generate_key().decode()}, {Fernet.generate_key().decode()}",
    "PANEL_INDEX_KEY": "i" * 32,
    "PANEL_KEYSTORE": "/srv/keys",
    "PANEL_RECOVERY_KEYSTORE": "/srv/recovery",
    "PANEL_MAIL_URL": "smtp://localhost",
    "PANEL_MAIL_FROM": "panel@voorbeeld.example",
}


def test_empty_environment_names_every_missing_setting() -> None:
    with pytest.raises(ConfigError) as caught:
        from_environment({})
    assert all(name in str(caught.value) for name in REQUIRED)


def test_complete_environment_is_read_with_safe_defaults() -> None:
    config = from_environment(COMPLETE)
    assert (config.base_url, len(config.keys.identity)) == ("https://panel.voorbeeld.example", 2)
    assert (config.demonstration, config.testing, config.proxies) == (False, False, 0)
    assert from_environment({**COMPLETE, "PANEL_TRUSTED_PROXIES": "2"}).proxies == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PANEL_SESSION_KEY", "short"),
        ("PANEL_INDEX_KEY", "short"),
        ("PANEL_IDENTITY_KEYS", "no key"),
        ("PANEL_TRUSTED_PROXIES", "x"),
    ],
)
def test_weak_secret_or_nonsense_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        from_environment({**COMPLETE, name: value})
