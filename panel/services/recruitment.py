"""Recruitment rounds: from sample file to letters to the destruction of the sample."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update

from core import clock, settings
from core.db import db
from core.dialect import lock
from core.errors import BlockedError, Blocker, NotFoundError
from core.permissions import require
from panel import codes, letter_texts, lifecycle
from panel.models import (
    AddressWindow,
    LargeType,
    LetterBatch,
    LetterRefusal,
    PrintedLetter,
    RecruitmentRound,
    RoundStatus,
    SamplePerson,
)
from panel.services.recruitment_letters import BATCH, SECOND, letter_code, letter_ids
from panel.services.recruitment_record import record
from panel.services.recruitment_sample import import_sample

SECOND_AFTER = timedelta(days=7)
REQUIRED_SETTINGS = ("municipality", "telephone", "postal_address", "controller", "register_legal_basis", "dpia_on")


def create_round(*, name: str, letter_on: date, respond_by: date, sample_delete_on: date) -> RecruitmentRound:
    """Start a round; raises BlockedError when the dates are out of order or the name is taken."""
    require("panel.recruit")
    found = []
    if respond_by <= letter_on:
        found.append(
            Blocker("respond-by", "De laatste dag om te reageren ligt na de dag van de brief.", anchor="respond_by")
        )
    if sample_delete_on <= respond_by:
        found.append(
            Blocker(
                "sample-delete",
                "De gegevens verdwijnen pas na de laatste dag om te reageren.",
                anchor="sample_delete_on",
            )
        )
    if db.session.scalars(select(RecruitmentRound.id).where(RecruitmentRound.name == name)).first():
        found.append(Blocker("name-taken", "Er is al een ronde met deze naam.", anchor="name"))
    if found:
        raise BlockedError(found)
    made = RecruitmentRound(
        name=name,
        letter_on=letter_on,
        respond_by=respond_by,
        sample_delete_on=sample_delete_on,
        created_at=clock.now(),
        **_looks(),
    )
    db.session.add(made)
    db.session.flush()
    record("round.create", made)
    return made


def _looks() -> dict[str, object]:
    """What the letters of the last round looked like: a new one starts with that."""
    last = db.session.scalars(select(RecruitmentRound).order_by(RecruitmentRound.id.desc()).limit(1)).first()
    names = ("address_window", "address_top", "large_type", "second_language")
    return {} if last is None else {name: getattr(last, name) for name in names}


@dataclass(frozen=True)
class LetterLooks:
    """What the letters of a round look like; `address_top` in millimetres from the edge of the paper."""

    address_window: AddressWindow
    address_top: int
    large_type: LargeType
    second_language: str


def set_looks(recruitment_round: RecruitmentRound, looks: LetterLooks) -> RecruitmentRound:
    """Set window, type and languages of the letters; raises BlockedError for a language without words."""
    require("panel.recruit", recruitment_round)
    lock(db.session, recruitment_round)
    if looks.second_language and looks.second_language not in letter_texts.languages():
        raise BlockedError([Blocker("no-such-language", "In deze taal is er geen brief.", anchor="second_language")])
    for name, value in vars(looks).items():
        setattr(recruitment_round, name, value)
    record("round.set_looks", recruitment_round, **vars(looks))
    db.session.flush()
    return recruitment_round


def facts(recruitment_round: RecruitmentRound) -> lifecycle.RoundFacts:
    """What the gates of a round look at."""
    persons = db.session.scalar(
        select(func.count())
        .select_from(SamplePerson)
        .where(SamplePerson.round_id == recruitment_round.id, SamplePerson.destroyed_at.is_(None))
    )
    missing = settings.missing(settings.municipal())
    wanted = {name: label for name, label in missing.items() if name in REQUIRED_SETTINGS}
    return lifecycle.RoundFacts(persons or 0, wanted, clock.today())


def send_letters(recruitment_round: RecruitmentRound) -> RecruitmentRound:
    """The letters go out: from now on the sample is fixed and codes work; raises BlockedError with all gates."""
    return _move(recruitment_round, RoundStatus.LETTERS)


def plan_second_letter(recruitment_round: RecruitmentRound, on: date) -> RecruitmentRound:
    """Set the date of a second letter, which prints the same code for who has not joined."""
    require("panel.recruit", recruitment_round)
    lock(db.session, recruitment_round)
    found = _second_letter_blockers(recruitment_round, on)
    if found:
        raise BlockedError(found)
    recruitment_round.second_letter_on = on
    record("round.second_letter", recruitment_round, on=on.isoformat())
    db.session.flush()
    return recruitment_round


def _second_letter_blockers(recruitment_round: RecruitmentRound, on: date) -> list[Blocker]:
    if recruitment_round.status is not RoundStatus.LETTERS:
        return [Blocker("second-letter", "De tweede brief gaat na de eerste, zolang de ronde loopt.", anchor="on")]
    earliest, latest = recruitment_round.letter_on + SECOND_AFTER, recruitment_round.respond_by
    if on < earliest:
        return [
            Blocker(
                "second-letter-early",
                f"De tweede brief gaat op zijn vroegst {SECOND_AFTER.days} dagen na de eerste.",
                anchor="on",
            )
        ]
    if on >= latest:
        return [Blocker("second-letter-late", "De tweede brief gaat voor de laatste dag om te reageren.", anchor="on")]
    printed = select(LetterBatch.id).where(LetterBatch.round_id == recruitment_round.id, LetterBatch.issue == SECOND)
    if db.session.scalars(printed).first() is not None:
        return [Blocker("second-letter-printed", "De tweede brief is al gemaakt met een datum erop.", anchor="on")]
    return []


def close_round(recruitment_round: RecruitmentRound) -> RecruitmentRound:
    """Close a round: its codes stop working."""
    return _move(recruitment_round, RoundStatus.CLOSED)


def _move(recruitment_round: RecruitmentRound, to: RoundStatus) -> RecruitmentRound:
    require("panel.recruit", recruitment_round)
    lock(db.session, recruitment_round)
    lifecycle.check_round(recruitment_round, to, facts(recruitment_round))
    recruitment_round.status = to
    record(f"round.{to.value}", recruitment_round)
    db.session.flush()
    return recruitment_round


def destroy_sample(recruitment_round: RecruitmentRound) -> int:
    """Blank every sampled person of a round that does not run; what stays are counts per stratum. Returns how many."""
    require("panel.recruit", recruitment_round)
    lock(db.session, recruitment_round)
    if recruitment_round.status is RoundStatus.LETTERS:
        raise BlockedError(
            [
                Blocker(
                    "round-open",
                    "Sluit eerst de ronde.",
                    "panel_clerk.show_round",
                    {"public_id": recruitment_round.public_id},
                )
            ]
        )
    mine = select(SamplePerson.id).where(SamplePerson.round_id == recruitment_round.id)
    db.session.execute(
        delete(PrintedLetter)
        .where(PrintedLetter.sample_person_id.in_(mine))
        .execution_options(synchronize_session=False)
    )
    gone = _blank(SamplePerson.round_id == recruitment_round.id)
    recruitment_round.sample_destroyed_at = clock.now()
    record("round.destroy_sample", recruitment_round, persons=gone)
    db.session.flush()
    return gone


def _blank(which: ColumnElement[bool]) -> int:
    blank = (
        update(SamplePerson)
        .where(which, SamplePerson.destroyed_at.is_(None))
        .values(
            first_name=None,
            last_name=None,
            street=None,
            house_number=None,
            postcode=None,
            city=None,
            person_index=None,
            sex="",
            destroyed_at=clock.now(),
        )
        .returning(SamplePerson.id)
        .execution_options(synchronize_session=False)
    )
    gone = len(db.session.scalars(blank).all())
    db.session.expire_all()
    return gone


def blank_person(person_id: int) -> None:
    """Blank one sampled person (a member who left)."""
    _blank(SamplePerson.id == person_id)


def destroy_due_samples() -> int:
    """Close and destroy the rounds whose date has come (periodic task)."""
    due = db.session.scalars(
        select(RecruitmentRound).where(
            RecruitmentRound.sample_destroyed_at.is_(None), RecruitmentRound.sample_delete_on <= clock.today()
        )
    ).all()
    for recruitment_round in due:
        if recruitment_round.status is RoundStatus.LETTERS:
            close_round(recruitment_round)
        destroy_sample(recruitment_round)
    return len(due)


def sample_number(recruitment_round: RecruitmentRound, typed: str) -> int | None:
    """The number in the sample file of who calls: that number itself, or the code in their letter; None if unknown."""
    mine = select(SamplePerson).where(SamplePerson.round_id == recruitment_round.id)
    if typed.strip().isdecimal() and len(typed.strip()) < codes.MAC_LENGTH:
        person = db.session.scalars(mine.where(SamplePerson.number == int(typed))).first()
        return person.number if person else None
    code = codes.read(typed)
    person = db.session.scalars(mine.where(SamplePerson.id == code.number)).first() if code else None
    if code is None or person is None:
        return None
    fits = codes.fits(code, codes.letter_purpose(recruitment_round.public_id), str(person.id))
    return person.number if fits else None


def refuse_letters(recruitment_round: RecruitmentRound, number: int) -> SamplePerson:
    """Somebody wants no more letters: no second letter, and left out of later rounds."""
    require("panel.recruit", recruitment_round)
    person = db.session.scalars(
        select(SamplePerson).where(SamplePerson.round_id == recruitment_round.id, SamplePerson.number == number)
    ).first()
    if person is None or person.person_index is None:
        raise NotFoundError("no-such-person")
    lock(db.session, person)
    known = select(LetterRefusal.id).where(LetterRefusal.person_index == person.person_index)
    if db.session.scalars(known).first() is None:
        db.session.add(LetterRefusal(person_index=person.person_index, refused_on=clock.today()))
    person.no_more_letters = True
    record("round.refuse_letters", recruitment_round, number=number)
    db.session.flush()
    return person


__all__ = [
    "BATCH",
    "LetterLooks",
    "blank_person",
    "close_round",
    "create_round",
    "destroy_due_samples",
    "destroy_sample",
    "facts",
    "import_sample",
    "letter_code",
    "letter_ids",
    "plan_second_letter",
    "refuse_letters",
    "sample_number",
    "send_letters",
    "set_looks",
]
