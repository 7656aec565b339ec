"""What the worker does for recruitment: letters, proof sheets, and the numbers of a plan."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from core import clock, files, links
from core.db import db
from core.dialect import lock
from core.jobs import Progress, handler
from core.models import StoredFile
from core.web.context import site
from panel import letter_texts, letters
from panel.classes import AGE_CODES
from panel.models import (
    LargeType,
    LetterBatch,
    Member,
    PrintedLetter,
    RecruitmentRound,
    SamplePerson,
)
from panel.recruitment_labels import counted
from panel.services import joining, planning, planning_numbers, recruitment_letters
from panel.services.recruitment_letters import KEPT, SECOND

PROOF_CODE = "0000-0000-0000-0000"
ADDRESS_OWNER = "address-letters"
PROOF_KEPT = timedelta(days=1)


def print_batch(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Print one batch and keep the file, encrypted, for a week; can be repeated after a crash."""
    batch = db.session.get_one(LetterBatch, payload["batch_id"])
    if batch.made_at is not None:
        return {"file": batch.file_ref}
    recruitment_round = db.session.get_one(RecruitmentRound, batch.round_id)
    people = _people(batch)
    made = [_letter(p, recruitment_letters.letter_code(p), recruitment_round) for p in people]
    mailing = mailing_of(recruitment_round, second=batch.issue == SECOND)
    name = f"brieven-{batch.issue}-groep-{batch.number}" + (f"-versie-{batch.printing}" if batch.printing > 1 else "")
    owner = f"round:{recruitment_round.id}"
    progress(0, len(made))
    # the composing itself holds no transaction open
    db.session.rollback()
    pdf = letters.render(letters.ROUND, made, mailing) if made else b""
    batch = lock(db.session, db.session.get_one(LetterBatch, payload["batch_id"]))
    if batch.made_at is not None:
        return {"file": batch.file_ref}
    file = _keep(pdf, owner, f"{name}.pdf", KEPT) if made else None
    batch.letters, batch.made_at, batch.file_ref = len(made), clock.now(), file.public_id if file else None
    db.session.flush()
    progress(len(made), len(made))
    return {"file": batch.file_ref, "letters": len(made)}


def _people(batch: LetterBatch) -> Sequence[SamplePerson]:
    """Who stands in the batch and has not joined or refused since it was asked for."""
    return db.session.scalars(
        select(SamplePerson)
        .join(PrintedLetter, PrintedLetter.sample_person_id == SamplePerson.id)
        .where(
            PrintedLetter.batch_id == batch.id,
            SamplePerson.destroyed_at.is_(None),
            SamplePerson.used_at.is_(None),
            SamplePerson.no_more_letters.is_(False),
        )
        .order_by(SamplePerson.number)
    ).all()


def proof_sheet(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The first letter of each kind with the number of its kind; the code on it works nowhere."""
    recruitment_round = db.session.get_one(RecruitmentRound, payload["round_id"])
    numbers = recruitment_letters.letter_ids(recruitment_round)
    kinds, first = Counter[tuple[str, bool]](), dict[tuple[str, bool], letters.Letter]()
    people = select(SamplePerson).where(SamplePerson.round_id == recruitment_round.id).order_by(SamplePerson.number)
    wanted = set(numbers)
    for person in db.session.scalars(people.execution_options(yield_per=500)):
        if person.id not in wanted:
            continue
        kind = (person.language, is_large(person, recruitment_round.large_type))
        kinds[kind] += 1
        if kind not in first:
            first[kind] = _letter(person, PROOF_CODE, recruitment_round)
    mailing, owner = mailing_of(recruitment_round, proof=True), f"proof:{recruitment_round.id}"
    counts = [
        f"{_kind_label(language, large, mailing)}: {counted(n, 'brief', 'brieven')}"
        for (language, large), n in sorted(kinds.items())
    ]
    db.session.rollback()
    pdf = letters.render(letters.ROUND, [first[kind] for kind in sorted(first)], mailing, counts)
    file = _keep(pdf, owner, "proefvel.pdf", PROOF_KEPT)
    progress(1, 1)
    return {"file": file.public_id}


def _kind_label(language: str, large: bool, mailing: letters.Mailing) -> str:
    names = letter_texts.languages()
    also = mailing.second_language if mailing.second_language != language else ""
    words = names.get(language, language) + (f" met {names[also]}" if also else "")
    return f"{words}, grote letters" if large else words


def is_large(person: SamplePerson, setting: LargeType) -> bool:
    """Whether the letter of somebody is set in large type."""
    if setting is LargeType.EVERYBODY or person.large_print:
        return True
    return setting is LargeType.SENIORS and person.age_class == AGE_CODES[-1]


def mailing_of(recruitment_round: RecruitmentRound, *, second: bool = False, proof: bool = False) -> letters.Mailing:
    """What all letters of a round share."""
    on: date = recruitment_round.letter_on
    if second and recruitment_round.second_letter_on:
        on = recruitment_round.second_letter_on
    return letters.Mailing(
        title=f"{'Proefvel' if proof else 'Brieven'}: {recruitment_round.name}",
        on=on,
        values=_values(),
        dates={"respond_by": recruitment_round.respond_by, "delete_on": recruitment_round.sample_delete_on},
        second=second,
        second_language=recruitment_round.second_language,
        window=recruitment_round.address_window.value,
        address_top=recruitment_round.address_top,
        demonstration=site().demonstration,
        proof=proof,
    )


def _values() -> dict[str, Any]:
    about = site()
    return {
        "municipality": about.municipality,
        "panel": about.name,
        "telephone": about.telephone,
        "email": about.email,
        "address": links.absolute("panel_public.letter_code"),
        "respond_by": "",
        "delete_on": "",
    }


def _letter(person: SamplePerson | Member, code: str, of: RecruitmentRound | None = None) -> letters.Letter:
    return letters.Letter(
        name=f"{person.first_name} {person.last_name}",
        street=f"{person.street} {person.house_number}",
        place=f"{person.postcode}  {person.city}",
        code=code,
        url=links.absolute("panel_public.letter_code", code=code),
        language=person.language if person.language in letter_texts.languages() else letter_texts.DUTCH,
        large=isinstance(person, SamplePerson) and of is not None and is_large(person, of.large_type),
    )


def print_address_letters(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Print the letters to the address of open sign-ups, in the language of each."""
    numbers = payload["member_ids"]
    members = db.session.scalars(
        select(Member).where(Member.id.in_(numbers), Member.last_name.is_not(None)).order_by(Member.id)
    ).all()
    progress(0, len(members))
    last = db.session.scalars(select(RecruitmentRound).order_by(RecruitmentRound.id.desc()).limit(1)).first()
    mailing = letters.Mailing(
        title=f"Adresbrieven: {site().name}",
        on=clock.today(),
        values=_values(),
        window=last.address_window.value if last else "left",
        address_top=last.address_top if last else 48,
        demonstration=site().demonstration,
    )
    pdf = letters.render(letters.ADDRESS, [_letter(m, joining.address_code(m)) for m in members], mailing)
    for member in members:
        member.address_letter_on = clock.today()
    file = _keep(pdf, ADDRESS_OWNER, "adresbrieven.pdf", KEPT)
    progress(len(members), len(members))
    return {"file": file.public_id, "letters": len(members)}


def compute_plan(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Compute the letters of a plan and what to expect of them."""
    done = planning_numbers.compute(payload["plan_id"], payload["version"])
    progress(1, 1)
    return {"computed": done}


def _keep(pdf: bytes, owner: str, name: str, kept: timedelta) -> StoredFile:
    return files.save(owner=owner, name=name, media_type="application/pdf", content=pdf, expires_at=clock.now() + kept)


handler("panel.render_letters", print_address_letters)
handler(recruitment_letters.JOB, print_batch)
handler(recruitment_letters.PROOF_JOB, proof_sheet)
handler(planning.JOB, compute_plan)
