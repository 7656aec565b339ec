"""Paper forms: typed in by staff under the code of a group, without a name; sealed like every other answer."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from core import audit, clock
from core.db import db
from core.dialect import lock
from core.errors import DomainError
from core.permissions import require
from surveys import questions, response_document
from surveys.lifecycle import WaveStatus
from surveys.models import Invitation, SealedResponse, Wave
from surveys.questionnaire import canonical
from surveys.response_document import Draft, ResponseDocument
from surveys.services.sealing import WaveKey
from surveys.services.taking import frozen_of

CODE_INPUT = "group-code"


class PaperRefusedError(DomainError):
    """The form cannot be taken in: no paper term, or an unknown code."""

    status = 409


@dataclass(frozen=True)
class Group:
    """A group of invitees with the same classes; its code stands on the paper form."""

    code: str
    classes: dict[str, Any]
    base_weight: float
    stratum: str
    origin: str
    people: int


def groups(wave: Wave) -> list[Group]:
    """The groups of a wave, by code."""
    columns = (Invitation.classes, Invitation.base_weight, Invitation.stratum, Invitation.origin)
    found: dict[str, list[Any]] = {}
    for row in db.session.execute(select(*columns).where(Invitation.wave_id == wave.id)):
        cell = {"classes": row[0], "base_weight": row[1], "stratum": row[2], "origin": row[3]}
        found.setdefault(code_of(cell), []).append(cell)
    return [Group(code, **cells[0], people=len(cells)) for code, cells in sorted(found.items())]


def code_of(cell: Mapping[str, Any]) -> str:
    """The code of a group, from its classes, weight, stratum and origin: no person, and the same for all of them."""
    return hashlib.sha256(canonical(cell)).hexdigest()[:6].upper()


@dataclass(frozen=True)
class Entered:
    """What became of a form: the errors per input; empty when it was stored."""

    errors: list[tuple[str, str]]


def enter(wave: Wave, *, code: str, raw: Mapping[str, Sequence[str]]) -> Entered:
    """Take in one paper form. What was left blank is *skipped*; what cannot be read is an error."""
    require("fieldwork.paper", wave)
    lock(db.session, wave)
    if wave.status not in {WaveStatus.FIELDING, WaveStatus.PAPER}:
        raise PaperRefusedError("no-paper-term")
    group = next((g for g in groups(wave) if g.code == code.strip().upper()), None)
    if group is None:
        return Entered([(CODE_INPUT, "Deze code hoort niet bij deze vragenlijst. Kijk de code op het formulier na.")])
    frozen = frozen_of(wave.frozen_hash or "")
    answers: dict[str, Any] = {}
    errors: list[tuple[str, str]] = []
    for question in frozen.wave.questions:
        if not response_document.own_inputs(question, raw):
            continue
        parsed = questions.parse(question, raw)
        errors += parsed.errors
        answers[question.item_key] = parsed.value
    if errors or not answers:
        return Entered(errors or [(CODE_INPUT, "Er is nog geen antwoord ingevuld.")])
    _store(wave, group, answers)
    return Entered([])


def _store(wave: Wave, group: Group, answers: dict[str, Any]) -> None:
    frozen, key = frozen_of(wave.frozen_hash or ""), WaveKey.of(wave.public_id)
    moment = clock.now()
    sent = response_document.send(frozen.wave, Draft(moment.isoformat(), answers), moment)
    cell = {"classes": group.classes, "base_weight": group.base_weight}
    document = ResponseDocument(
        sent=sent, mode="paper", group={**cell, "stratum": group.stratum, "origin": group.origin}
    )
    row_id = secrets.token_hex(32)
    payload = key.seal(row_id, document.to_json(), frozen.size)
    values = {"id": row_id, "wave_id": wave.id, "payload": payload, "revision": 1}
    db.session.execute(insert(SealedResponse).values(**values))
    audit.record("response.paper", "wave", wave.public_id)
