"""Passwords: long and not well known; no rules about characters."""

import pytest
from argon2 import PasswordHasher

from core.accounts import passwords


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("kort", "too-short"),
        ("x" * 201, "too-long"),
        ("aaaaaaaaaaaaaaaaaa", "too-common"),
        ("123456789012345", "too-common"),
        ("qwertyuiopasdfghjkl", "too-common"),
        ("WelkomWelkom2026!", "too-common"),
        ("W3lk0mGemeenteZeist", "too-common"),
        ("passwordpassword1", "too-common"),
        ("Jan van de Voorbeeld 12", "too-personal"),
    ],
)
def test_weak_password_is_refused_with_its_reason(password: str, fault: str) -> None:
    assert fault in passwords.faults(password, "Jan van de Voorbeeld")


@pytest.mark.parametrize("password", ["vier blauwe fietsen zingen", "ñandú eet 's nachts koek", "kTz9w!vQ2r#Lm5xP"])
def test_long_uncommon_password_is_accepted(password: str) -> None:
    assert passwords.faults(password, "Jan van de Voorbeeld", "jan@gemeente.example") == []


def test_hash_fits_only_its_password_in_either_unicode_form() -> None:
    stored = passwords.hash_password("cafe\u0301 met vier koffie")
    assert passwords.matches(stored, "caf\u00e9 met vier koffie")
    assert not passwords.matches(stored, "cafe met vier koffie")
    assert not passwords.matches(None, "caf\u00e9 met vier koffie")
    assert not passwords.is_outdated(stored)


def test_product_hashes_with_the_parameters_of_the_standard() -> None:
    assert passwords.STRONG.memory_cost >= 64 * 1024
    assert passwords.STRONG.time_cost >= 3
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8192).hash("x"))
