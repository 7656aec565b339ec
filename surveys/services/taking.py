"""Who answers which wave: found by a personal link or by the session that came from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select

from core import clock, keystore
from core.db import db
from core.errors import NotFoundError
from surveys import questionnaire
from surveys.lifecycle import WaveStatus
from surveys.models import Invitation, Wave
from surveys.questionnaire import FrozenWave
from surveys.services import personal_links
from surveys.services.sealing import WaveKey, row_size

CACHE = 32


@dataclass(frozen=True)
class Taking:
    """An invitation with what is needed of its wave, read in one go."""

    invitation_id: int
    public_id: str
    link_version: int
    answered: bool
    wave_id: int
    wave: str
    status: WaveStatus
    opens_at: datetime | None
    closes_at: datetime | None
    frozen_hash: str

    @property
    def open(self) -> bool:
        """Whether pages can still be saved."""
        return self.status is WaveStatus.FIELDING

    @property
    def may_start(self) -> bool:
        """Whether somebody may begin now: never after the closing time."""
        return self.open and self.closes_at is not None and clock.now() < self.closes_at

    @property
    def key(self) -> WaveKey:
        """The wave's key, read anew: it must not outlive its destruction in memory."""
        return WaveKey.of(self.wave)


@dataclass(frozen=True)
class Frozen:
    """A frozen wave and the size of its sealed rows."""

    wave: FrozenWave
    size: int


_frozen: dict[str, Frozen] = {}


def frozen_of(frozen_hash: str) -> Frozen:
    """The frozen wave with this hash, parsed once per process."""
    found = _frozen.get(frozen_hash)
    if found is None:
        document = db.session.scalar(select(Wave.frozen_document).where(Wave.frozen_hash == frozen_hash).limit(1))
        if document is None:
            raise NotFoundError("wave-not-frozen")
        wave = questionnaire.from_document(document)
        found = Frozen(wave, row_size(wave))
        if len(_frozen) >= CACHE:
            _frozen.clear()
        _frozen[frozen_hash] = found
    return found


_invitation, _wave = Invitation.__table__.c, Wave.__table__.c
# prepared once: this is read at every page that somebody answers
_TAKING = select(
    _invitation.id,
    _invitation.public_id,
    _invitation.link_version,
    _invitation.answered,
    _wave.id,
    _wave.public_id,
    _wave.status,
    _wave.opens_at,
    _wave.closes_at,
    _wave.frozen_hash,
).where(_wave.id == _invitation.wave_id)
_BY_ID = _TAKING.where(_invitation.id == bindparam("invitation_id"))
_BY_PUBLIC_ID = _TAKING.where(_invitation.public_id == bindparam("public_id"))


def _read(statement: Select[Any], values: dict[str, Any]) -> Taking | None:
    row = db.session.connection().execute(statement, values).first()
    # a wave with invitations is frozen: the database itself says so (CHECK frozen_before_ready)
    return None if row is None else Taking(*row)


def by_invitation(invitation_id: int) -> Taking | None:
    """The taking of a session, or None when the invitation is gone."""
    return _read(_BY_ID, {"invitation_id": invitation_id})


def resolve_link(token: str, purpose: str = personal_links.ANSWER) -> Taking:
    """The taking of a personal link; NotFoundError for a wrong link, KeyGoneError when the wave was closed."""
    parts = personal_links.read(token)
    taking = _read(_BY_PUBLIC_ID, {"public_id": parts.invitation}) if parts else None
    if parts is None or taking is None:
        raise NotFoundError("link-unknown")
    if not keystore.store().exists(taking.wave):
        raise keystore.KeyGoneError("wave-key-gone", wave=taking.wave)
    if parts.version != taking.link_version or not personal_links.genuine(taking.key, parts, purpose):
        raise NotFoundError("link-unknown")
    return taking
