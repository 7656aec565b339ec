"""The many: joins and answers through the services, in a process of its own beside the running product.

Usage: python -m tests.e2e.crowd join HOW_MANY | python -m tests.e2e.crowd answer FILE_WITH_TOKENS
"""

import json
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app import create_app
from core import sending
from core.db import db
from panel.models import ConsentPurpose, Education, SamplePerson, Sex, Tenure
from panel.profiles import ProfileInput
from panel.services import joining, one_time, recruitment
from surveys.questionnaire import QuestionSpec
from surveys.questions import kind_of
from surveys.routing import first_unanswered, path
from surveys.services import answering, taking

BROWSER = "browser-of-the-crowd-with-a-long-key"
BIRTH_YEARS = {"16-29": 2001, "30-39": 1991, "40-54": 1979, "55-64": 1966, "65-74": 1956, "75+": 1944}
EDUCATIONS = (Education.LOW, Education.MIDDLE, Education.HIGH)


def join(how_many: int) -> None:
    """So many of the sample join with the code of their letter and confirm their mailbox."""
    unused = select(SamplePerson).where(SamplePerson.used_at.is_(None)).order_by(SamplePerson.number.desc())
    requests = []
    for person in db.session.scalars(unused.limit(how_many)).all():
        code, profile = recruitment.letter_code(person), _profile(person)
        consents = frozenset({ConsentPurpose.PARTICIPATE})
        done = joining.join_from_letter(code=code, profile=profile, consents=consents, browser_key=BROWSER)
        requests.append(done.request)
        db.session.commit()
    while sending.send_due():
        continue
    for request in requests:
        assert request is not None
        assert joining.confirm_email(request.public_id, one_time.code_of(request), BROWSER).member is not None
        db.session.commit()


def _profile(person: SamplePerson) -> ProfileInput:
    return ProfileInput(
        first_name=person.first_name or "",
        last_name=person.last_name or "",
        birth_year=BIRTH_YEARS[person.age_class],
        sex=Sex(person.sex),
        district_code=person.district_code,
        education=EDUCATIONS[person.number % 3],
        tenure=Tenure.OWNER if person.number % 2 else Tenure.RENTER,
        email=f"lid{person.number}@panel.example",
        phone=None,
    )


def answer(tokens: list[str]) -> None:
    """Each goes through the whole questionnaire behind their own link."""
    for number, token in enumerate(tokens):
        taken = taking.resolve_link(token)
        answering.start(taken)
        frozen = taking.frozen_of(taken.frozen_hash).wave
        answers: dict[str, Any] = {}
        while (spec := first_unanswered(path(frozen.questions, answers), answers)) is not None:
            answers[spec.item_key] = _value(spec, number)
            raw = kind_of(spec.kind).fill(spec, answers[spec.item_key])
            saved = answering.save_page(taken, spec.item_key, raw, seen_revision=10**6)
            assert not saved.errors, (spec.item_key, saved.errors)
        answering.submit(taken)
        db.session.commit()


def _value(spec: QuestionSpec, number: int) -> Any:
    values = [option.value for option in spec.options]
    match spec.kind.value:
        case "single":
            return values[number % 2]
        case "several":
            return [values[number % len(values)]]
        case "matrix":
            return {item.value: values[(number + place) % len(values)] for place, item in enumerate(spec.items)}
        case "score":
            return 5 + number % 5
        case "number":
            return number % 8
        case "open":
            return f"Meer bankjes graag, zegt antwoord {number}."
        case "ranking":
            return values[number % len(values) :] + values[: number % len(values)]
        case _:
            rest = 100 - 10 * (len(values) - 1)
            return {value: rest if place == number % len(values) else 10 for place, value in enumerate(values)}


def main() -> None:
    """Join or answer."""
    command, argument = sys.argv[1:3]
    with create_app().app_context():
        if command == "join":
            join(int(argument))
        else:
            answer(json.loads(Path(argument).read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
