"""Letters of a round: batches that the worker prints, each person at most once per letter and printing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, insert, select

from core import clock, jobs
from core.db import db
from core.dialect import lock
from core.errors import BlockedError, Blocker, NotFoundError
from core.models import Job, JobState
from core.permissions import require
from panel import codes
from panel.models import LetterBatch, PrintedLetter, RecruitmentRound, RoundStatus, SamplePerson
from panel.services.recruitment_record import record

# as many letters of one page as fit in memory beside what a worker holds already
BATCH = 150
FIRST, SECOND = 1, 2
# the file of a batch is kept so long; before that a reprint needs a reason
KEPT = timedelta(days=7)
# second letters are printed shortly before they leave, so that who has joined by then gets none
SECOND_AHEAD = timedelta(days=3)
JOB = "panel.print_letters"
PROOF_JOB = "panel.proof_sheet"


def letter_code(person: SamplePerson) -> str:
    """The code in the letter of a person; derived, so a second letter prints the same."""
    return codes.make(codes.letter_purpose(person.round.public_id), person.id, str(person.id))


def letter_ids(recruitment_round: RecruitmentRound) -> list[int]:
    """The persons who get a letter, in the order of the file: not joined, not refused, not left out."""
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


def unprinted_ids(recruitment_round: RecruitmentRound, issue: int) -> list[int]:
    """The persons who get this letter and stand in no batch yet."""
    done = select(PrintedLetter.sample_person_id).join(LetterBatch, LetterBatch.id == PrintedLetter.batch_id)
    printed = set(
        db.session.scalars(done.where(LetterBatch.round_id == recruitment_round.id, LetterBatch.issue == issue))
    )
    return [number for number in letter_ids(recruitment_round) if number not in printed]


def print_letters(recruitment_round: RecruitmentRound, issue: int) -> list[LetterBatch]:
    """Let the worker print a letter for everybody who has not got it; raises BlockedError with what is missing."""
    require("panel.recruit", recruitment_round)
    lock(db.session, recruitment_round)
    _refuse(_blockers(recruitment_round, issue))
    ids = unprinted_ids(recruitment_round, issue)
    if not ids:
        _refuse([Blocker("all-printed", "Alle brieven zijn al gemaakt. U kunt een groep opnieuw maken.")])
    last = select(func.max(LetterBatch.number)).where(
        LetterBatch.round_id == recruitment_round.id, LetterBatch.issue == issue
    )
    number = db.session.scalar(last) or 0
    made, size = [], batch_size(recruitment_round)
    for start in range(0, len(ids), size):
        number += 1
        made.append(_batch(recruitment_round, issue, number, 1, ids[start : start + size]))
    record("round.print_letters", recruitment_round, issue=issue, batches=len(made), letters=len(ids))
    return made


def batch_size(recruitment_round: RecruitmentRound) -> int:
    """How many letters stand in a batch: half as many when each has a page in a second language."""
    return max(BATCH // (2 if recruitment_round.second_language else 1), 1)


def _blockers(recruitment_round: RecruitmentRound, issue: int) -> list[Blocker]:
    if recruitment_round.status is not RoundStatus.LETTERS:
        return [Blocker("round-not-open", "Brieven kunnen alleen gemaakt worden als de ronde loopt.")]
    if issue == FIRST:
        return []
    on = recruitment_round.second_letter_on
    if issue != SECOND or on is None:
        return [Blocker("no-second-letter", "Kies eerst de datum van de tweede brief.")]
    if clock.today() < on - SECOND_AHEAD:
        days = SECOND_AHEAD.days
        return [Blocker("second-too-early", f"De tweede brief kan vanaf {days} dagen voor de datum gemaakt worden.")]
    return []


def print_again(batch: LetterBatch, reason: str) -> LetterBatch:
    """Print a batch anew, without who joined or refused since; within seven days only for a reason."""
    require("panel.recruit", batch)
    recruitment_round = lock(db.session, db.session.get_one(RecruitmentRound, batch.round_id))
    _refuse([*_blockers(recruitment_round, batch.issue), *_again_blockers(batch, reason)])
    still = set(letter_ids(recruitment_round))
    mine = select(PrintedLetter.sample_person_id).where(PrintedLetter.batch_id == batch.id)
    ids = [number for number in db.session.scalars(mine.order_by(PrintedLetter.sample_person_id)) if number in still]
    if not ids:
        _refuse([Blocker("nobody-left", "Niemand uit deze groep krijgt nog een brief.")])
    made = _batch(recruitment_round, batch.issue, batch.number, batch.printing + 1, ids, reason.strip())
    record(
        "round.print_again",
        recruitment_round,
        issue=batch.issue,
        batch=batch.number,
        letters=len(ids),
        reason=made.reason,
    )
    return made


def _again_blockers(batch: LetterBatch, reason: str) -> list[Blocker]:
    newest = select(func.max(LetterBatch.printing)).where(
        LetterBatch.round_id == batch.round_id, LetterBatch.issue == batch.issue, LetterBatch.number == batch.number
    )
    if db.session.scalar(newest) != batch.printing:
        return [Blocker("printed-again", "Deze groep is al opnieuw gemaakt. Kijk naar de nieuwste versie.")]
    if clock.now() < batch.asked_at + KEPT and not reason.strip():
        text = f"Deze groep is nog geen {KEPT.days} dagen oud. Schrijf op waarom de brieven opnieuw nodig zijn."
        return [Blocker("reason-needed", text, anchor="reason")]
    return []


def _batch(
    recruitment_round: RecruitmentRound, issue: int, number: int, printing: int, ids: Sequence[int], reason: str = ""
) -> LetterBatch:
    batch = LetterBatch(
        round_id=recruitment_round.id,
        issue=issue,
        number=number,
        printing=printing,
        letters=len(ids),
        reason=reason[:300],
        asked_at=clock.now(),
    )
    db.session.add(batch)
    db.session.flush()
    rows = [{"sample_person_id": i, "issue": issue, "printing": printing, "batch_id": batch.id} for i in ids]
    db.session.execute(insert(PrintedLetter), rows)
    jobs.enqueue(JOB, {"batch_id": batch.id}, key=job_key(batch))
    return batch


def job_key(batch: LetterBatch) -> str:
    """The key of the job that prints a batch."""
    return f"letters:{batch.public_id}"


def proof_key(recruitment_round: RecruitmentRound) -> str:
    """The key of the proof sheet: one per minute, so that a changed setting can be looked at again."""
    return f"proof:{recruitment_round.public_id}:{clock.now():%Y%m%d%H%M}"


def ask_proof(recruitment_round: RecruitmentRound) -> Job:
    """Let the worker make the proof sheet: the first letter of each kind, with a code that does not work."""
    require("panel.recruit", recruitment_round)
    if not letter_ids(recruitment_round):
        _refuse([Blocker("no-sample", "Lees eerst het steekproefbestand in.")])
    record("round.proof_sheet", recruitment_round)
    return jobs.enqueue(PROOF_JOB, {"round_id": recruitment_round.id}, key=proof_key(recruitment_round))


def get_batch(recruitment_round: RecruitmentRound, public_id: str) -> LetterBatch:
    """The batch of a URL; raises NotFoundError."""
    mine = LetterBatch.round_id == recruitment_round.id
    found = db.session.scalars(select(LetterBatch).where(LetterBatch.public_id == public_id, mine)).first()
    if found is None:
        raise NotFoundError("no-such-batch")
    return found


@dataclass(frozen=True)
class BatchState:
    """A batch with how far the worker is; `newest` is whether no later printing of it exists."""

    batch: LetterBatch
    state: JobState
    newest: bool


@dataclass(frozen=True)
class PrintRun:
    """All batches of one letter of a round, and how many persons stand in none yet."""

    issue: int
    batches: tuple[BatchState, ...]
    unprinted: int

    @property
    def letters(self) -> int:
        """Letters in all newest batches."""
        return sum(s.batch.letters for s in self.batches if s.newest)

    @property
    def done(self) -> int:
        """Letters that are printed."""
        return sum(s.batch.letters for s in self.batches if s.newest and s.state is JobState.DONE)

    @property
    def failed(self) -> bool:
        """Whether a batch failed for good."""
        return any(s.state is JobState.FAILED for s in self.batches)


def print_run(recruitment_round: RecruitmentRound, issue: int) -> PrintRun:
    """How far the printing of a letter is."""
    chosen = select(LetterBatch).where(LetterBatch.round_id == recruitment_round.id, LetterBatch.issue == issue)
    batches = db.session.scalars(chosen.order_by(LetterBatch.number, LetterBatch.printing)).all()
    states = dict(
        db.session.execute(select(Job.key, Job.state).where(Job.key.in_([job_key(b) for b in batches]))).all()
    )
    newest = {b.number: b.printing for b in batches}
    found = [
        # a finished job is cleared away after a while; the batch itself remembers
        BatchState(
            b, JobState.DONE if b.made_at else states.get(job_key(b), JobState.UNSURE), newest[b.number] == b.printing
        )
        for b in batches
    ]
    return PrintRun(issue, tuple(found), len(unprinted_ids(recruitment_round, issue)))


def _refuse(found: list[Blocker]) -> None:
    if found:
        raise BlockedError(found)
