"""Taking in the persons that the register drew, and leaving out who should get no letter."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import delete, insert, select

from core import clock
from core.db import db
from core.dialect import lock
from core.errors import TransitionError
from core.permissions import require
from panel import indexes, letter_texts
from panel.models import (
    Exclusion,
    LetterRefusal,
    Member,
    MemberStatus,
    RecruitmentRound,
    RoundStatus,
    SamplePerson,
)
from panel.queries.population import districts
from panel.services import samples
from panel.services.recruitment_record import record

CHUNK = 500
BLANK = ("first_name", "last_name", "street", "house_number", "postcode", "city", "person_index")
T = TypeVar("T")


@dataclass(frozen=True)
class ImportedSample:
    """How many persons the file held, and how many of them get no letter, by reason."""

    persons: int
    excluded: dict[Exclusion, int]

    @property
    def letters(self) -> int:
        """Who gets a letter."""
        return self.persons - sum(self.excluded.values())


def import_sample(recruitment_round: RecruitmentRound, content: bytes) -> ImportedSample:
    """Take the sample file in, in place of an earlier one; raises ImportRefusedError and then changes nothing."""
    require("panel.recruit", recruitment_round)
    # the districts of the request: the numbering may have changed since
    known = districts(as_of=recruitment_round.created_at)
    areas, languages = frozenset(area.code for area in known), frozenset(letter_texts.languages())
    rows = samples.read(content, areas, languages)
    lock(db.session, recruitment_round)
    if recruitment_round.status is not RoundStatus.DRAFT:
        raise TransitionError("sample-is-fixed")
    reasons = _reasons(recruitment_round, rows)
    db.session.execute(delete(SamplePerson).where(SamplePerson.round_id == recruitment_round.id))
    for part in _chunks(rows):
        db.session.execute(
            insert(SamplePerson), [_values(r, recruitment_round.id, reasons.get(r.number)) for r in part]
        )
    excluded = Counter(reasons.values())
    told = {reason.value: n for reason, n in excluded.items()}
    record("round.import_sample", recruitment_round, persons=len(rows), excluded=told)
    db.session.flush()
    return ImportedSample(len(rows), dict(excluded))


def _reasons(recruitment_round: RecruitmentRound, rows: Sequence[samples.SampleRow]) -> dict[int, Exclusion]:
    """Who gets no letter and why, by number; a refusal counts before the other reasons."""
    numbers: dict[str, list[int]] = {}
    for row in rows:
        numbers.setdefault(row.person_index, []).append(row.number)
    found = dict.fromkeys(_members(rows), Exclusion.MEMBER)
    elsewhere = (
        select(SamplePerson.person_index)
        .join(RecruitmentRound)
        .where(
            RecruitmentRound.id != recruitment_round.id,
            RecruitmentRound.status != RoundStatus.CLOSED,
            SamplePerson.destroyed_at.is_(None),
        )
    )
    for part in _chunks(list(numbers)):
        for index in db.session.scalars(elsewhere.where(SamplePerson.person_index.in_(part))):
            found |= dict.fromkeys(numbers[index or ""], Exclusion.OPEN_ROUND)
        for index in db.session.scalars(select(LetterRefusal.person_index).where(LetterRefusal.person_index.in_(part))):
            found |= dict.fromkeys(numbers[index], Exclusion.REFUSED)
    return found


def _members(rows: Sequence[samples.SampleRow]) -> Iterable[int]:
    """The numbers of who is a member, applied or waits: same address, surname and first name."""
    homes: dict[str, list[samples.SampleRow]] = {}
    for row in rows:
        homes.setdefault(indexes.household_index(row.postcode, row.house_number), []).append(row)
    for part in _chunks(list(homes)):
        known = select(Member).where(Member.household_index.in_(part), Member.status != MemberStatus.LEFT)
        for member in db.session.scalars(known):
            yield from (r.number for r in homes[member.household_index or ""] if _same_person(member, r))


def _same_person(member: Member, row: samples.SampleRow) -> bool:
    """The register gives all first names, a member the one they use: the first of them must be the same."""
    if member.surname_index != indexes.surname_index(row.last_name):
        return False
    return _first(member.first_name or "") == _first(row.first_name)


def _first(names: str) -> str:
    return indexes.plain(names.split()[0]) if names.split() else ""


def _values(row: samples.SampleRow, round_id: int, excluded: Exclusion | None) -> dict[str, object]:
    """The row of a person; of who gets no letter only the stratum and the reason are kept."""
    values = {key: value for key, value in vars(row).items() if key != "line"}
    values |= {"round_id": round_id, "person_index": row.person_index, "no_more_letters": False}
    values |= {"excluded": excluded, "destroyed_at": None}
    if excluded is not None:
        values |= dict.fromkeys(BLANK) | {"sex": "", "destroyed_at": clock.now()}
        values["no_more_letters"] = excluded is Exclusion.REFUSED
    return values


def _chunks(values: Sequence[T]) -> Iterable[Sequence[T]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
