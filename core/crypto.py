"""Keys and what is made from them: encryption at rest, blind indexes, derived keys and codes."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class KeysMissingError(RuntimeError):
    """The identity keys were used before the application configured them."""


class UnreadableError(ValueError):
    """A stored value cannot be decrypted with any of the present keys."""


@dataclass(frozen=True)
class Keys:
    """The keys of one installation: identity keys (newest first) and the key of indexes and codes."""

    identity: tuple[str, ...]
    index: bytes


class _Ring:
    """The configured keys of this process."""

    fernet: MultiFernet | None = None
    index: bytes = b""


_ring = _Ring()


def configure(keys: Keys) -> None:
    """Load the keys of this installation into the process."""
    _ring.fernet = MultiFernet([Fernet(key) for key in keys.identity])
    _ring.index = keys.index


def _fernet() -> MultiFernet:
    if _ring.fernet is None:
        raise KeysMissingError("keys are not configured")
    return _ring.fernet


def encrypt(value: str) -> str:
    """Encrypt text with the newest identity key."""
    return _fernet().encrypt(value.encode()).decode()


def decrypt(token: str) -> str:
    """Decrypt text; raises UnreadableError when no key fits."""
    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise UnreadableError("no key fits this value") from error


def encrypt_bytes(value: bytes) -> bytes:
    """Encrypt a chunk of a file with the newest identity key."""
    return _fernet().encrypt(value)


def decrypt_bytes(token: bytes) -> bytes:
    """Decrypt a chunk of a file; raises UnreadableError when no key fits."""
    try:
        return _fernet().decrypt(token)
    except InvalidToken as error:
        raise UnreadableError("no key fits this value") from error


def rotate(token: str) -> str:
    """Re-encrypt a stored value under the newest identity key."""
    return _fernet().rotate(token.encode()).decode()


def rotate_bytes(token: bytes) -> bytes:
    """Re-encrypt a stored chunk under the newest identity key."""
    return _fernet().rotate(token)


def blind_index(purpose: str, value: str) -> str:
    """Keyed hash by which an encrypted value can be found (HMAC-SHA-256, 64 hex characters)."""
    return mac(purpose, value).hex()


def mac(purpose: str, value: str) -> bytes:
    """Keyed hash of a value under the application's index key, 32 bytes."""
    if not _ring.index:
        raise KeysMissingError("keys are not configured")
    return hmac.new(_ring.index, f"{purpose}\x1f{value}".encode(), hashlib.sha256).digest()


def derive(key: bytes, purpose: str, length: int = 32) -> bytes:
    """Derive a key from another by HKDF-SHA-256."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose.encode()).derive(key)


def short_code(purpose: str, value: str, bits: int = 60) -> str:
    """Derive a code of `bits` bits in Crockford base 32 (no I, L, O, U), for letters."""
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = int.from_bytes(mac(purpose, value), "big") >> (256 - bits)
    return "".join(alphabet[(number >> shift) & 31] for shift in range(bits - 5, -1, -5))


def digits_code(purpose: str, value: str, length: int = 6) -> str:
    """Derive a code of digits, for a one-time code by e-mail."""
    return str(int.from_bytes(mac(purpose, value), "big") % 10**length).zfill(length)


def b64(value: bytes) -> str:
    """URL-safe base 64 without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def equal(left: str, right: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
