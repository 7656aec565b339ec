"""Derived keys and codes: separate by purpose, bound to the key, unreadable to another installation."""

import pytest
from cryptography.fernet import Fernet

from core import crypto
from core.crypto import Keys, UnreadableError


@pytest.fixture(autouse=True)
def _keys() -> None:
    crypto.configure(Keys((Fernet.generate_key().decode(),), b"index-key-of-thirty-two-characters"))


def test_text_and_chunks_come_back_and_differ_each_time() -> None:
    assert crypto.decrypt(crypto.encrypt("Zoë")) == "Zoë"
    assert crypto.decrypt_bytes(crypto.encrypt_bytes(b"\x00\xff")) == b"\x00\xff"
    assert crypto.encrypt("Zoë") != crypto.encrypt("Zoë")


def test_other_key_or_altered_text_is_unreadable() -> None:
    token = crypto.encrypt("Zoë")
    with pytest.raises(UnreadableError):
        crypto.decrypt(token[:-4] + "AAAA")
    crypto.configure(Keys((Fernet.generate_key().decode(),), b"x" * 32))
    with pytest.raises(UnreadableError):
        crypto.decrypt(token)
    with pytest.raises(UnreadableError):
        crypto.decrypt_bytes(token.encode())


def test_rotated_value_is_readable_with_the_new_key_alone() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    crypto.configure(Keys((old,), b"x" * 32))
    token, chunk = crypto.encrypt("Zoë"), crypto.encrypt_bytes(b"Zo")
    crypto.configure(Keys((new, old), b"x" * 32))
    token, chunk = crypto.rotate(token), crypto.rotate_bytes(chunk)
    crypto.configure(Keys((new,), b"x" * 32))
    assert (crypto.decrypt(token), crypto.decrypt_bytes(chunk)) == ("Zoë", b"Zo")


def test_index_and_codes_depend_on_purpose_and_value() -> None:
    assert crypto.blind_index("a", "x") == crypto.blind_index("a", "x")
    assert len({crypto.blind_index(p, v) for p in "ab" for v in "xy"}) == 4
    code = crypto.short_code("letter", "1")
    assert len(code) == 12
    assert not set(code) & set("ILOU")
    assert crypto.digits_code("mail", "1").isdecimal()
    assert len(crypto.digits_code("mail", "1")) == 6
    assert crypto.derive(b"k" * 32, "a") != crypto.derive(b"k" * 32, "b")
    assert crypto.equal("a", "a")
    assert not crypto.equal("a", "é")
