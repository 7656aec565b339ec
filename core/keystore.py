"""The store of wave keys: a folder outside the database and its backups, with one recovery copy in a second folder."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from core.errors import DomainError

LONGEST = 4096


class KeyGoneError(DomainError):
    """The key was destroyed (or lost): links are dead and sealed rows unreadable."""

    status = 410


class KeyLostError(DomainError):
    """The first store lost the key while its recovery copy still stands: it is recovered by two, never made anew."""

    status = 409


@dataclass(frozen=True)
class KeyStore:
    """Two folders of 256-bit keys, one file a wave; files are readable by the service alone."""

    folder: Path
    recovery: Path

    def create(self, name: str) -> bytes:
        """Make the key of a wave in both stores; a key that exists already is returned unchanged.

        A recovery copy is never overwritten: raises KeyLostError when only that copy is left.
        """
        if not self.exists(name):
            if self.recoverable(name):
                raise KeyLostError("wave-key-lost", wave=name)
            _write(self.folder / f"{name}.key", secrets.token_bytes(32))
        key = self.read(name)
        if not self.recoverable(name):
            _write(self.recovery / f"{name}.key", key)
        return key

    def exists(self, name: str) -> bool:
        """Whether the wave's key is still in the first store."""
        return (self.folder / f"{name}.key").exists()

    def recoverable(self, name: str) -> bool:
        """Whether the recovery copy stands in the second store."""
        return (self.recovery / f"{name}.key").exists()

    def read(self, name: str) -> bytes:
        """The key; raises KeyGoneError when it is not there."""
        try:
            descriptor = os.open(f"{self.folder}/{name}.key", os.O_RDONLY)  # read twice at every answered page
        except FileNotFoundError as error:
            raise KeyGoneError("wave-key-gone", wave=name) from error
        try:
            return os.read(descriptor, LONGEST)
        finally:
            os.close(descriptor)

    def recover(self, name: str) -> bytes:
        """Put the recovery copy back into the first store (two people; the caller writes the public audit row)."""
        try:
            key = (self.recovery / f"{name}.key").read_bytes()
        except FileNotFoundError as error:
            raise KeyGoneError("wave-key-gone", wave=name) from error
        _write(self.folder / f"{name}.key", key)
        return key

    def destroy(self, name: str) -> None:
        """Overwrite and remove the key in both stores; can be repeated."""
        for folder in (self.folder, self.recovery):
            path = folder / f"{name}.key"
            if path.exists():
                path.write_bytes(secrets.token_bytes(32))
                _sync(path)
                path.unlink()
                _sync(folder)


class _Store:
    store: KeyStore | None = None


def configure(folder: Path, recovery: Path) -> None:
    """Set the two folders of this installation."""
    _Store.store = KeyStore(folder, recovery)


def store() -> KeyStore:
    """The configured key store."""
    if _Store.store is None:
        raise RuntimeError("the key store is not configured")
    return _Store.store


def _write(path: Path, key: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
