"""Factories of the panel: figures, rounds with persons, members; all through the product's own services."""

from datetime import date, timedelta
from itertools import count

from core import clock
from core.actor import SYSTEM, acting
from core.db import db
from panel import jobs_board
from panel.models import (
    ConsentPurpose,
    Education,
    Member,
    MemberStatus,
    RecruitmentRound,
    SamplePerson,
    SeatQuota,
    Sex,
    Tenure,
)
from panel.profiles import Address, ProfileInput
from panel.services import joining, one_time, population, recruitment, samples

_numbers = count(1)
# who is drawn twice at once gets one letter, so every file has a family name of its own
_files = count(1)
CONSENTS = frozenset({ConsentPurpose.PARTICIPATE})
BROWSER = "test-browser"
DISTRICT = "WK035501"


def figures(gm_code: str = "GM0355") -> population.Loaded:
    """The shipped figures of a municipality."""
    with acting(SYSTEM):
        loaded = population.load_shipped(gm_code)
    db.session.commit()
    return loaded


def profile(**changes: object) -> ProfileInput:
    """A complete profile of somebody with an address of their own."""
    number = next(_numbers)
    values: dict[str, object] = {
        "first_name": f"Voornaam{number}",
        "last_name": "Jansen",
        "birth_year": clock.today().year - 45,
        "sex": Sex.FEMALE,
        "district_code": DISTRICT,
        "education": Education.MIDDLE,
        "tenure": Tenure.RENTER,
        "email": f"lid{number}@voorbeeld.example",
        "address": Address("Voorbeeldlaan", str(number), "3701 AB", "Zeist"),
        **changes,
    }
    return ProfileInput(**values)  # type: ignore[arg-type]  # a factory takes any field by name


def sample_csv(persons: int = 3, **columns: str) -> bytes:
    """A sample file of so many persons; a column can be given another value for all."""
    file = next(_files)
    lines = [";".join(samples.REQUIRED)]
    for number in range(1, persons + 1):
        row = {
            "nummer": str(number),
            "voornaam": f"Geloot{number}",
            "achternaam": f"Voorbeeld{file}",
            "straat": "Slotlaan",
            "huisnummer": f"{number}a",
            "postcode": "3701AB",
            "woonplaats": "Zeist",
            "geslacht": "vrouw" if number % 2 else "man",
            "leeftijdsklasse": "40-54",
            "wijk": DISTRICT,
            "insluitkans": "0,05",
            **columns,
        }
        lines.append(";".join(row[name] for name in samples.REQUIRED))
    return "\n".join(lines).encode()


def recruitment_round(name: str = "", *, persons: int = 3, sent: bool = True, **columns: str) -> RecruitmentRound:
    """A round with persons; its letters are out unless said otherwise (settings must be complete for that)."""
    today = clock.today()
    with acting(SYSTEM):
        made = recruitment.create_round(
            name=name or f"Ronde {next(_numbers)}",
            letter_on=today,
            respond_by=today + timedelta(days=30),
            sample_delete_on=today + timedelta(days=180),
        )
        if persons:
            recruitment.import_sample(made, sample_csv(persons, **columns))
        if sent:
            recruitment.send_letters(made)
    db.session.commit()
    return made


def persons(of: RecruitmentRound) -> list[SamplePerson]:
    """The persons of a round in the order of the file."""
    return list(db.session.scalars(db.select(SamplePerson).filter_by(round_id=of.id).order_by(SamplePerson.number)))


def drawn_member(person: SamplePerson, **changes: object) -> Member:
    """Somebody who joined with the code of their letter and confirmed the mailbox."""
    filled = profile(**{"first_name": person.first_name, "last_name": person.last_name, **changes})
    outcome = joining.join_from_letter(
        code=recruitment.letter_code(person), profile=filled, consents=CONSENTS, browser_key=BROWSER
    )
    if outcome.request is not None:
        code = one_time.code_of(outcome.request)
        outcome = joining.confirm_email(outcome.request.public_id, code, BROWSER)
    db.session.commit()
    assert outcome.member is not None, outcome.reason
    return outcome.member


def confirmed(**changes: object) -> Member:
    """An open sign-up with a confirmed mailbox, waiting for the letter."""
    outcome = joining.sign_up(profile=profile(**changes), consents=CONSENTS, browser_key=BROWSER)
    assert outcome.request is not None
    code = one_time.code_of(outcome.request)
    done = joining.confirm_email(outcome.request.public_id, code, BROWSER)
    db.session.commit()
    assert done.member is not None, done.reason
    return done.member


def self_registered(**changes: object) -> Member:
    """An open sign-up that typed the code of the letter: active when there is a seat, else waiting."""
    member = joining.confirm_address(joining.address_code(confirmed(**changes)))
    db.session.commit()
    return member


def seats(stratum: str, capacity: int) -> SeatQuota:
    """Seats for open sign-up."""
    quota = SeatQuota(stratum=stratum, capacity=capacity, seats_left=capacity)
    db.session.add(quota)
    db.session.commit()
    return quota


def member(*, admitted_on: date | None = None, **changes: object) -> Member:
    """An active member with a seat."""
    joined = self_registered_with_seat(**changes)
    if admitted_on is not None:
        joined.admitted_at = clock.at_amsterdam(admitted_on, clock.to_amsterdam(clock.now()).time())
        db.session.commit()
    assert joined.status is MemberStatus.ACTIVE
    return joined


def self_registered_with_seat(**changes: object) -> Member:
    """An open sign-up for whom there was a seat."""
    waiting = confirmed(**changes)
    quota = db.session.scalars(db.select(SeatQuota).filter_by(stratum=waiting.stratum)).first()
    if quota is None:
        seats(waiting.stratum, 1000)
    joined = joining.confirm_address(joining.address_code(waiting))
    db.session.commit()
    return joined


def snapshot() -> None:
    """What the worker does every day: compute the composition and keep it."""
    jobs_board.take_composition({}, lambda _done, _of: None)
    db.session.commit()
