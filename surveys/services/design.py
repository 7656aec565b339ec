"""Writes of a wave in design: its text, questions, weighting plan and tables."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, time
from typing import Any

from sqlalchemy import select

from core import audit, clock
from core.actor import current
from core.db import db
from core.errors import BlockedError, Blocker, ConflictError, DomainError, NotFoundError
from core.permissions import require
from surveys.lifecycle import CommissionStatus, WaveStatus
from surveys.models.commission import Approach, CentralQuestion, Commission
from surveys.models.wave import Question, Wave
from surveys.questionnaire import QuestionKind, WeightingPlan
from surveys.services.locking import lock_whole
from surveys.slugs import free_slug

QUESTION_FIELDS = (
    "text",
    "hint",
    "options",
    "items",
    "minimum",
    "maximum",
    "low_label",
    "high_label",
    "max_choices",
    "condition",
    "sensitive",
    "central_question_id",
)


def create_wave(commission: Commission, *, title: str) -> Wave:
    """Start the questionnaire of an accepted commission that asks the panel something."""
    require("wave.create")
    lock_whole(commission)
    if commission.status is not CommissionStatus.ACCEPTED or commission.approach is not Approach.ASK:
        raise BlockedError([Blocker("not_accepted", "Een vragenlijst kan pas als de opdracht is afgesproken.")])
    moment = clock.now()
    wave = Wave(
        commission_id=commission.id,
        title=title,
        slug=free_slug(title, Wave.slug),
        created_at=moment,
        edited_at=moment,
        author_id=current().account_id,
        edited_by_id=current().account_id,
    )
    db.session.add(wave)
    db.session.flush()
    _log("wave.create", wave)
    return wave


def save_wave(wave: Wave, values: Mapping[str, Any]) -> None:
    """Save the text and the dates; `opens` and `closes` are pairs (day, time) on the Amsterdam clock, or None."""
    edit(wave, "text")
    for name in ("title", "introduction", "minutes"):
        if name in values:
            setattr(wave, name, values[name])
    _dates(wave, values)
    db.session.flush()


def _dates(wave: Wave, values: Mapping[str, Any]) -> None:
    for name in ("opens", "closes"):
        if name in values:
            pair: tuple[date, time] | None = values[name]
            setattr(wave, f"{name}_at", clock.at_amsterdam(*pair) if pair else None)
            setattr(wave, f"{name}_wall", f"{pair[0].isoformat()}T{pair[1]:%H:%M}" if pair else "")
    if wave.opens_at and wave.closes_at and wave.closes_at <= wave.opens_at:
        db.session.expire(wave)
        raise BlockedError([Blocker("closes", "De vragenlijst moet later sluiten dan open gaan.", anchor="closes_on")])


def add_question(wave: Wave, *, kind: QuestionKind, values: Mapping[str, Any], item_key: str = "") -> Question:
    """Add a question at the end; its key stays the same for ever."""
    edit(wave, "question")
    taken = {question.item_key for question in wave.questions}
    key = item_key or _free_key(taken)
    if key in taken:
        raise ConflictError("item-key-taken", item_key=key)
    question = Question(item_key=key, kind=kind.value, position=len(wave.questions) + 1, **_own(wave, values))
    wave.questions.append(question)
    db.session.flush()
    return question


def _free_key(taken: set[str]) -> str:
    return next(f"v{n}" for n in range(1, len(taken) + 2) if f"v{n}" not in taken)


def _own(wave: Wave, values: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: values[name] for name in QUESTION_FIELDS if name in values}
    central = own.get("central_question_id")
    if central is not None:
        row = db.session.get(CentralQuestion, central)
        if row is None or row.commission_id != wave.commission_id:
            raise DomainError("central-question-of-another-commission")
    return own


def update_question(wave: Wave, item_key: str, values: Mapping[str, Any]) -> Question:
    """Change a question; kind and key stay."""
    edit(wave, "question")
    question = get_question(wave, item_key)
    for name, value in _own(wave, values).items():
        setattr(question, name, value)
    db.session.flush()
    return question


def move_question(wave: Wave, item_key: str, *, by: int) -> None:
    """Move a question up (by=-1) or down (by=1); at the edge nothing happens."""
    edit(wave, "order")
    rows = list(wave.questions)
    index = rows.index(get_question(wave, item_key))
    to = max(0, min(len(rows) - 1, index + by))
    rows.insert(to, rows.pop(index))
    for position, row in enumerate(rows, 1):
        row.position = position
    db.session.flush()
    db.session.expire(wave, ["questions"])


def remove_question(wave: Wave, item_key: str) -> None:
    """Take a question out, with its tables."""
    edit(wave, "question")
    wave.questions.remove(get_question(wave, item_key))
    wave.tables = [row for row in wave.tables if row["item_key"] != item_key]
    for position, row in enumerate(wave.questions, 1):
        row.position = position
    db.session.flush()


def save_plan(wave: Wave, plan: WeightingPlan, *, tables: list[tuple[str, str]]) -> None:
    """Save the weighting plan and the closed list of tables: pairs (item key, breakdown)."""
    require("wave.plan", wave)
    _lock_design(wave)
    _touch(wave, "plan")
    wave.plan = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(plan).items()}
    wave.tables = [{"item_key": item_key, "by": by} for item_key, by in tables]
    db.session.flush()


def get_question(wave: Wave, item_key: str) -> Question:
    """A question of this wave; raises NotFoundError."""
    wanted = select(Question).where(Question.wave_id == wave.id, Question.item_key == item_key)
    question = db.session.scalars(wanted).first()
    if question is None:
        raise NotFoundError("question")
    return question


def edit(wave: Wave, what: str) -> None:
    """Take a wave in design for a change, and note that it changes."""
    require("wave.edit", wave)
    _lock_design(wave)
    _touch(wave, what)


def _lock_design(wave: Wave) -> None:
    lock_whole(wave)
    if wave.status is not WaveStatus.DESIGN:
        raise ConflictError("wave-is-frozen", status=wave.status.value)


def _touch(wave: Wave, what: str) -> None:
    wave.edited_at, wave.edited_by_id = clock.now(), current().account_id
    _log("wave.edit", wave, what=what)


def _log(action: str, wave: Wave, **detail: Any) -> None:
    audit.record(action, "wave", wave.public_id, detail=detail)
