"""Recruitment rounds: from sample file to letters to the destruction of the sample."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from core import audit, clock, jobs, settings
from core.db import db
from core.dialect import lock
from core.errors import BlockedError, Blocker, NotFoundError, TransitionError
from core.models import Job
from core.permissions import require
from panel import codes, lifecycle
from panel.models import LetterRefusal, RecruitmentRound, RoundStatus, SamplePerson
from panel.queries.population import districts
from panel.services import samples

BATCH = 250
CHUNK = 500
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
    )
    db.session.add(made)
    db.session.flush()
    _record("round.create", made)
    return made


def import_sample(recruitment_round: RecruitmentRound, content: bytes) -> int:
    """Take the sample file in, in place of an earlier one; raises ImportRefusedError and then changes nothing."""
    require("panel.recruit", recruitment_round)
    rows = samples.read(content, frozenset(area.code for area in districts()))
    lock(db.session, recruitment_round)
    _in_draft(recruitment_round)
    refused = set(db.session.scalars(select(LetterRefusal.person_index)))
    db.session.execute(delete(SamplePerson).where(SamplePerson.round_id == recruitment_round.id))
    for start in range(0, len(rows), CHUNK):
        values = [_values(row, recruitment_round.id, refused) for row in rows[start : start + CHUNK]]
        db.session.execute(insert(SamplePerson), values)
    _record("round.import_sample", recruitment_round, persons=len(rows))
    db.session.flush()
    return len(rows)


def _values(row: samples.SampleRow, round_id: int, refused: set[str]) -> dict[str, object]:
    values = {key: value for key, value in vars(row).items() if key != "line"}
    index = row.person_index
    return {**values, "round_id": round_id, "person_index": index, "no_more_letters": index in refused}


def _in_draft(recruitment_round: RecruitmentRound) -> None:
    if recruitment_round.status is not RoundStatus.DRAFT:
        raise TransitionError("sample-is-fixed")


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
    if recruitment_round.status is not RoundStatus.LETTERS or on <= recruitment_round.letter_on:
        raise BlockedError(
            [Blocker("second-letter", "De tweede brief gaat na de eerste, zolang de ronde loopt.", anchor="on")]
        )
    recruitment_round.second_letter_on = on
    _record("round.second_letter", recruitment_round, on=on.isoformat())
    db.session.flush()
    return recruitment_round


def close_round(recruitment_round: RecruitmentRound) -> RecruitmentRound:
    """Close a round: its codes stop working."""
    return _move(recruitment_round, RoundStatus.CLOSED)


def _move(recruitment_round: RecruitmentRound, to: RoundStatus) -> RecruitmentRound:
    require("panel.recruit", recruitment_round)
    lock(db.session, recruitment_round)
    lifecycle.check_round(recruitment_round, to, facts(recruitment_round))
    recruitment_round.status = to
    _record(f"round.{to.value}", recruitment_round)
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
    gone = _blank(SamplePerson.round_id == recruitment_round.id)
    recruitment_round.sample_destroyed_at = clock.now()
    _record("round.destroy_sample", recruitment_round, persons=gone)
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


def letter_code(person: SamplePerson) -> str:
    """The code in the letter of a person; derived, so a second letter prints the same."""
    return codes.make(codes.letter_purpose(person.round.public_id), person.id, str(person.id))


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
    _record("round.refuse_letters", recruitment_round, number=number)
    db.session.flush()
    return person


@dataclass(frozen=True)
class LetterBatch:
    """A batch of letters: which persons, and the job that renders them once it was asked for."""

    number: int
    letters: int
    key: str


def letter_batches(recruitment_round: RecruitmentRound) -> list[LetterBatch]:
    """The batches that can be rendered now: first letters, or second ones to who has not joined."""
    letters = len(letter_ids(recruitment_round))
    issue = 2 if recruitment_round.second_letter_on else 1
    day = clock.today().isoformat()
    return [
        LetterBatch(n + 1, min(BATCH, letters - n * BATCH), f"letters:{recruitment_round.id}:{issue}:{day}:{n + 1}")
        for n in range(-(-letters // BATCH))
    ]


def letter_ids(recruitment_round: RecruitmentRound) -> list[int]:
    """The persons who get a letter, in the order of the file."""
    return list(
        db.session.scalars(
            select(SamplePerson.id)
            .where(
                SamplePerson.round_id == recruitment_round.id,
                SamplePerson.no_more_letters.is_(False),
                SamplePerson.used_at.is_(None),
                SamplePerson.destroyed_at.is_(None),
            )
            .order_by(SamplePerson.number)
        )
    )


def render_letters(recruitment_round: RecruitmentRound, batch: int) -> Job:
    """Let the worker make the PDF of one batch; raises NotFoundError for a batch that does not exist."""
    require("panel.recruit", recruitment_round)
    chosen = next((b for b in letter_batches(recruitment_round) if b.number == batch), None)
    if chosen is None or recruitment_round.status is not RoundStatus.LETTERS:
        raise NotFoundError("no-such-batch")
    ids = letter_ids(recruitment_round)[(batch - 1) * BATCH : batch * BATCH]
    payload = {"kind": "round", "round_id": recruitment_round.id, "person_ids": ids, "batch": batch}
    _record("round.render_letters", recruitment_round, batch=batch, letters=len(ids))
    return jobs.enqueue("panel.render_letters", payload, key=chosen.key)


def _record(action: str, recruitment_round: RecruitmentRound, **detail: object) -> None:
    audit.record(action, "recruitment_round", recruitment_round.public_id, detail=dict(detail))
