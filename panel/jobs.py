"""What the worker does for the panel: letters, and what the calendar asks."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core import clock, files, links
from core.db import db
from core.jobs import Progress, every, handler
from core.models import StoredFile
from core.web.context import site
from panel import letters
from panel.models import Member, RecruitmentRound, SamplePerson
from panel.services import contacts, joining, membership, one_time, recruitment, seats

KEPT = timedelta(days=7)


def render_letters(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Make the PDF of one batch of letters and keep it, encrypted, for a week."""
    numbers = payload["person_ids"] if payload["kind"] == "round" else payload["member_ids"]
    progress(0, len(numbers))
    file = _round(payload, numbers) if payload["kind"] == "round" else _address(numbers)
    progress(len(numbers), len(numbers))
    return {"file": file.public_id, "letters": len(numbers)}


def _round(payload: dict[str, Any], numbers: list[int]) -> StoredFile:
    found = db.session.get(RecruitmentRound, payload["round_id"])
    if found is None:
        raise LookupError("the round of these letters is gone")
    people = db.session.scalars(
        select(SamplePerson)
        .where(SamplePerson.id.in_(numbers), SamplePerson.destroyed_at.is_(None))
        .order_by(SamplePerson.number)
    ).all()
    context = {
        "site": site(),
        "site_address": links.absolute("panel_public.letter_code"),
        "title": found.name,
        "on": found.second_letter_on or found.letter_on,
        "second": found.second_letter_on is not None,
        "respond_by": found.respond_by,
        "delete_on": found.sample_delete_on,
    }
    pdf = letters.render("panel/letters/round.html", [_letter(p, recruitment.letter_code(p)) for p in people], context)
    return _keep(pdf, f"round:{found.id}", f"brieven-{payload['batch']}.pdf")


def _letter(person: SamplePerson | Member, code: str) -> letters.Letter:
    return letters.Letter(
        name=f"{person.first_name} {person.last_name}",
        street=f"{person.street} {person.house_number}",
        place=f"{person.postcode}  {person.city}",
        code=code,
        url=links.absolute("panel_public.letter_code", code=code),
    )


def _address(numbers: list[int]) -> StoredFile:
    members = db.session.scalars(
        select(Member).where(Member.id.in_(numbers), Member.last_name.is_not(None)).order_by(Member.id)
    ).all()
    context = {
        "site": site(),
        "site_address": links.absolute("panel_public.letter_code"),
        "on": clock.today(),
    }
    made = [_letter(member, joining.address_code(member)) for member in members]
    pdf = letters.render("panel/letters/address.html", made, context)
    for member in members:
        member.address_letter_on = clock.today()
    return _keep(pdf, "address-letters", "adresbrieven.pdf")


def _keep(pdf: bytes, owner: str, name: str) -> StoredFile:
    return files.save(owner=owner, name=name, media_type="application/pdf", content=pdf, expires_at=clock.now() + KEPT)


def daily() -> None:
    """What the calendar asks every day; safe to repeat."""
    recruitment.destroy_due_samples()
    membership.end_pauses()
    contacts.put_to_sleep()
    joining.erase_unfinished()


def hourly() -> None:
    """Seats left empty are filled, old requests and last addresses go."""
    seats.refill_all()
    one_time.delete_old()
    membership.delete_farewells()


handler("panel.render_letters", render_letters)
every(3600, "panel.hourly", hourly)
every(6 * 3600, "panel.daily", daily)
