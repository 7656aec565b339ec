"""Answering: begin, save a page, send, send again, withdraw. What is late is refused.

A sealed row is read, changed and written back only if nobody wrote in between (revision) and the wave is still in
the field: both are decided in the same UPDATE. After one conflict the row is taken and the page laid over what is
there now, so two windows never lose each other's answers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CursorResult, bindparam, delete, exists, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from core import audit, clock
from core.db import db
from core.dialect import begin_write
from core.errors import DomainError
from surveys import questions, response_document
from surveys.lifecycle import WaveStatus
from surveys.models import DayCounter, Invitation, SealedResponse, Wave
from surveys.questionnaire import QuestionSpec
from surveys.response_document import Draft, ResponseDocument
from surveys.routing import first_unanswered
from surveys.services.sealing import WaveKey
from surveys.services.taking import Frozen, Taking, frozen_of

Change = Callable[[ResponseDocument, int], ResponseDocument]


class ClosedError(DomainError):
    """The wave is no longer in the field: nothing can be saved any more."""

    status = 410


class AlreadySentError(DomainError):
    """The answers were sent; a page of the old draft changes nothing."""

    status = 409


class NotStartedError(DomainError):
    """There is no draft to save into."""

    status = 409


class IncompleteError(DomainError):
    """Questions on the path have no answer yet."""

    status = 409


@dataclass(frozen=True)
class Stored:
    """A sealed row, opened. Revision 0 means that there is no row."""

    row_id: str
    revision: int
    document: ResponseDocument


@dataclass(frozen=True)
class Saved:
    """What became of a page: its errors, the draft as it stands now, whether another window had answered too."""

    question: QuestionSpec
    draft: Draft
    revision: int
    errors: list[tuple[str, str]]
    overwritten: bool


def load(taking: Taking, key: WaveKey | None = None, *, taken: bool = False) -> Stored:
    """Read and open the sealed row of an invitation; `taken` holds it for this transaction."""
    key = key or taking.key
    row_id = key.row_id(taking.public_id)
    row = db.session.connection().execute(_READ_AND_HOLD if taken else _READ, {"row_id": row_id}).first()
    if row is None:
        return Stored(row_id, 0, ResponseDocument())
    return Stored(row_id, row[0], response_document.from_json(key.open(row_id, row[1])))


def _in_field(wave_id: int) -> Any:
    return exists().where(Wave.id == wave_id, Wave.status == WaveStatus.FIELDING)


_sealed, _wave = SealedResponse.__table__.c, Wave.__table__.c
# prepared once: these run at every page that somebody answers
_READ = select(_sealed.revision, _sealed.payload).where(_sealed.id == bindparam("row_id"))
_READ_AND_HOLD = _READ.with_for_update()
_REPLACE = (
    update(SealedResponse.__table__)  # type: ignore[arg-type]  # declarative types it as FromClause; it is a Table
    .where(
        _sealed.id == bindparam("row_id"),
        _sealed.revision == bindparam("seen"),
        exists().where(_wave.id == bindparam("wave_number"), _wave.status == WaveStatus.FIELDING),
    )
    .values(payload=bindparam("content"), revision=bindparam("next"))
)


def _write(taking: Taking, stored: Stored, payload: bytes) -> bool:
    """Write if nobody else did and the wave is in the field, decided in one statement."""
    if stored.revision == 0:
        return _insert(taking, stored.row_id, payload)
    values = {
        "row_id": stored.row_id,
        "seen": stored.revision,
        "next": stored.revision + 1,
        "content": payload,
        "wave_number": taking.wave_id,
    }
    return db.session.connection().execute(_REPLACE, values).rowcount == 1


def _insert(taking: Taking, row_id: str, payload: bytes) -> bool:
    begin_write(db.session)
    columns = [c.type for c in SealedResponse.__table__.columns]
    values = (row_id, taking.wave_id, payload, 1)
    row = select(*(literal(v, t) for v, t in zip(values, columns, strict=True))).where(
        _in_field(taking.wave_id), ~exists().where(SealedResponse.id == row_id)
    )
    try:
        with db.session.begin_nested():
            statement = insert(SealedResponse).from_select(["id", "wave_id", "payload", "revision"], row)
            return _count(db.session.execute(statement)) == 1
    except IntegrityError:
        return False


def _count(result: Any) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0


def _change(taking: Taking, frozen: Frozen, change: Change) -> Stored:
    """Apply a change to the sealed row, once more over what is there now when somebody else was first."""
    key = taking.key
    for taken in (False, True, True):
        if taken:
            begin_write(db.session)
        stored = load(taking, key, taken=taken)
        document = change(stored.document, stored.revision + 1)
        payload = key.seal(stored.row_id, document.to_json(), frozen.size)
        if _write(taking, stored, payload):
            return Stored(stored.row_id, stored.revision + 1, document)
    raise ClosedError("wave-closed")


def start(taking: Taking, *, again: bool = False) -> str:
    """Begin, or go on: "new", "resumed", or "sent" when the answers were sent and `again` is not asked."""
    if not taking.may_start:
        raise ClosedError("wave-closed")
    outcome = "new"

    def begin(document: ResponseDocument, _revision: int) -> ResponseDocument:
        return replace(document, draft=Draft(started=clock.now().isoformat(timespec="seconds")))

    stored = load(taking)
    if stored.document.draft is not None:
        return "resumed"
    if stored.document.sent is not None and not again:
        return "sent"
    _change(taking, frozen_of(taking.frozen_hash), begin)
    return outcome


def save_page(
    taking: Taking,
    item_key: str,
    raw: Mapping[str, Sequence[str]],
    *,
    seen_revision: int,
    validate: bool = True,
    position: Callable[[Draft], str] | None = None,
) -> Saved:
    """Save one page. Without `validate` nothing typed is lost and nothing is refused (Vorige, later verder)."""
    frozen = frozen_of(taking.frozen_hash)
    question = frozen.wave.question(item_key)
    if question is None:
        raise NotStartedError("question-unknown")
    parsed = questions.parse(question, raw)
    typed = response_document.own_inputs(question, raw)
    overwritten = False

    def lay_over(document: ResponseDocument, revision: int) -> ResponseDocument:
        nonlocal overwritten
        draft = _draft_of(document)
        before = draft.answers.get(item_key)
        overwritten = draft.changed.get(item_key, 0) > seen_revision and parsed.ok and before != parsed.value
        draft = (
            draft.with_answer(item_key, parsed.value, revision)
            if parsed.ok
            else draft.with_raw(item_key, typed, revision)
        )
        return replace(document, draft=replace(draft, position=position(draft) if position else item_key))

    if not parsed.ok and validate:
        stored = load(taking)
        if not taking.open:
            raise ClosedError("wave-closed")
        return Saved(question, _draft_of(stored.document), stored.revision, parsed.errors, overwritten=False)
    stored = _change(taking, frozen, lay_over)
    return Saved(question, _draft_of(stored.document), stored.revision, [], overwritten)


def _draft_of(document: ResponseDocument) -> Draft:
    if document.draft is not None:
        return document.draft
    if document.sent is not None:
        raise AlreadySentError("already-sent")
    raise NotStartedError("not-started")


def submit(taking: Taking) -> None:
    """Send the draft; a second click changes nothing. IncompleteError names the first question without answer."""
    frozen = frozen_of(taking.frozen_hash)
    moment = clock.now()

    def send(document: ResponseDocument, _revision: int) -> ResponseDocument:
        draft = _draft_of(document)
        open_question = first_unanswered(response_document.routed(frozen.wave, draft), draft.answers)
        if open_question is not None:
            raise IncompleteError("incomplete", item_key=open_question.item_key)
        return replace(document, draft=None, sent=response_document.send(frozen.wave, draft, moment))

    try:
        _change(taking, frozen, send)
    except AlreadySentError:
        return
    _mark_answered(taking)


def _mark_answered(taking: Taking) -> None:
    """Note that this person answered (reminders need it) and count the day, the first time only."""
    first = update(Invitation).where(Invitation.id == taking.invitation_id, Invitation.answered.is_(False))
    marked = db.session.execute(first.values(answered=True).execution_options(synchronize_session=False))
    if _count(marked):
        _count_day(taking.wave_id)


def _count_day(wave_id: int) -> None:
    day = clock.today()
    mine = (DayCounter.wave_id == wave_id) & (DayCounter.day == day)
    more = update(DayCounter).where(mine).values(sent=DayCounter.sent + 1).execution_options(synchronize_session=False)
    if _count(db.session.execute(more)):
        return
    try:
        with db.session.begin_nested():
            db.session.execute(insert(DayCounter).values(wave_id=wave_id, day=day, sent=1))
    except IntegrityError:
        db.session.execute(more)


def withdraw(taking: Taking) -> None:
    """Take back a running answer: the sealed row is deleted, sent or not."""
    if not taking.open:
        raise ClosedError("wave-closed")
    in_field = _in_field(taking.wave_id)
    row_id = taking.key.row_id(taking.public_id)
    back = update(Invitation).where(Invitation.id == taking.invitation_id, in_field).values(answered=False)
    for statement in (delete(SealedResponse).where(SealedResponse.id == row_id, in_field), back):
        db.session.execute(statement.execution_options(synchronize_session=False))
    audit.record("response.withdraw", "wave", taking.wave)


def opt_out(taking: Taking) -> None:
    """No more mails about this wave; can be repeated."""
    mine = update(Invitation).where(Invitation.id == taking.invitation_id).values(opted_out=True)
    db.session.execute(mine.execution_options(synchronize_session=False))
    audit.record("invitation.opt_out", "wave", taking.wave)
