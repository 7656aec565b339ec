"""Everything that is derived from a wave key: the personal link, the id of a sealed row, the seal itself.

Nothing made here is stored except the sealed bytes and the row id; with the key destroyed both lead nowhere.
"""

import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core import crypto, keystore
from core.errors import DomainError
from surveys.questionnaire import FrozenWave, QuestionKind

NONCE = 12
LENGTH = 4
BASE_SIZE = 1024
PER_QUESTION = 160
PER_OPTION = 24
PER_OPEN = 1700
_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class SealBrokenError(DomainError):
    """A sealed row does not open under the key of its wave: damaged, or moved from another place."""

    status = 500


@dataclass(frozen=True)
class WaveKey:
    """The key of one wave and what follows from it; keep it only as long as a request or a job step."""

    wave: str
    secret: bytes

    @classmethod
    def of(cls, wave_public_id: str) -> "WaveKey":
        """Read the key from the key store; raises KeyGoneError after destruction."""
        return cls(wave_public_id, keystore.store().read(wave_public_id))

    @cached_property
    def _links(self) -> bytes:
        return crypto.derive(self.secret, "personal-link")

    @cached_property
    def _rows(self) -> bytes:
        return crypto.derive(self.secret, "sealed-row-id")

    @cached_property
    def _seal(self) -> AESGCM:
        return AESGCM(crypto.derive(self.secret, "sealed-row"))

    def link_mac(self, purpose: str, invitation_public_id: str, version: int) -> str:
        """The 128-bit MAC of a personal link for one purpose."""
        text = f"{purpose}\x1f{self.wave}\x1f{invitation_public_id}\x1f{version}"
        return hmac.new(self._links, text.encode(), hashlib.sha256).hexdigest()[:32]

    def row_id(self, invitation_public_id: str) -> str:
        """The id of the sealed row of an invitation."""
        text = f"{self.wave}\x1f{invitation_public_id}"
        return hmac.new(self._rows, text.encode(), hashlib.sha256).hexdigest()

    def seal(self, row_id: str, document: dict[str, Any], size: int) -> bytes:
        """Seal a document into a row of a fixed size, so that its length tells nothing."""
        content = _encoder.encode(document).encode()
        while size < len(content) + LENGTH:
            size *= 2
        padded = len(content).to_bytes(LENGTH, "big") + content + bytes(size - LENGTH - len(content))
        nonce = os.urandom(NONCE)
        return nonce + self._seal.encrypt(nonce, padded, self._bound(row_id))

    def open(self, row_id: str, payload: bytes) -> dict[str, Any]:
        """Open a sealed row; raises SealBrokenError when it is not what was sealed for this row and wave."""
        try:
            padded = self._seal.decrypt(payload[:NONCE], payload[NONCE:], self._bound(row_id))
        except (InvalidTag, ValueError) as error:
            raise SealBrokenError("seal-broken", wave=self.wave) from error
        length = int.from_bytes(padded[:LENGTH], "big")
        document: dict[str, Any] = json.loads(padded[LENGTH : LENGTH + length])
        return document

    def _bound(self, row_id: str) -> bytes:
        return f"{self.wave}\x1f{row_id}".encode()


def row_size(wave: FrozenWave) -> int:
    """The one size of nearly all sealed rows of a wave: room for every answer, in whole kilobytes."""
    size = BASE_SIZE
    for question in wave.questions:
        size += PER_QUESTION + PER_OPTION * (len(question.options) + len(question.items))
        size += PER_OPEN if question.kind is QuestionKind.OPEN else 0
    return -(-size // 1024) * 1024
