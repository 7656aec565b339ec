"""The personal link: invitation, link version and a 128-bit MAC under the wave key; derived again for every mail."""

from dataclasses import dataclass

from core import crypto
from surveys.services.sealing import WaveKey

SEPARATOR = "."
ANSWER = "answer"
UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True)
class LinkParts:
    """What a token says about itself, before anything is believed."""

    invitation: str
    version: int
    mac: str


def token_for(key: WaveKey, invitation_public_id: str, version: int, purpose: str = ANSWER) -> str:
    """The token of a personal link; the one for unsubscribing opens nothing else."""
    mac = key.link_mac(purpose, invitation_public_id, version)
    return SEPARATOR.join((invitation_public_id, str(version), mac))


def read(token: str) -> LinkParts | None:
    """The parts of a token, or None when it has another form."""
    parts = token.split(SEPARATOR)
    if not token.isascii() or len(parts) != 3 or not parts[1].isdecimal() or len(parts[1]) > 6 or len(parts[2]) != 32:
        return None
    return LinkParts(parts[0][:40], int(parts[1]), parts[2])


def genuine(key: WaveKey, parts: LinkParts, purpose: str = ANSWER) -> bool:
    """Whether the MAC of a token is that of the wave key (compared in constant time)."""
    return crypto.equal(parts.mac, key.link_mac(purpose, parts.invitation, parts.version))
