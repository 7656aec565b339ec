"""Factories of commissions and waves in design: everything through the services, as people would do it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import count
from typing import Any

from core import clock
from core.actor import Actor, acting
from core.db import db
from core.models import Account, Body, Role
from panel.services import population
from surveys.commission_steps import SCALES
from surveys.models import Commission, Effect, MunicipalityRole, Wave
from surveys.models.commission import BobPhase
from surveys.questionnaire import QuestionKind, WeightingPlan
from surveys.services import commissioning, design, readiness
from tests.factories import core

_numbers = count(1)
PLAN = WeightingPlan(variables=("sex", "age"), breakdowns=("sex",), weighting_only=("education",))


@dataclass
class Cast:
    """The people around one commission."""

    body: Body
    author: Account
    clerk: Account
    colleague: Account


def cast() -> Cast:
    """A council with a member, and a griffie of two."""
    body = core.body()
    author = core.account(Role.COUNCIL_MEMBER, bodies=[body])
    return Cast(body, author, core.account(Role.CLERK), core.account(Role.CLERK))


def actor_of(account: Account) -> Actor:
    """The actor that a session of this account gives."""
    return Actor(
        kind="staff",
        ref=f"account:{account.id}",
        account_id=account.id,
        roles=account.role_values,
        bodies=frozenset(body.id for body in account.bodies),
    )


@contextmanager
def by(account: Account) -> Iterator[Account]:
    """Act as this account."""
    with acting(actor_of(account)):
        yield account


def answers(today: date | None = None) -> dict[str, dict[str, Any]]:
    """A complete step plan, page by page."""
    start = today or clock.today()
    return {
        "waarom": {
            "goal": "Een plein waar iedereen graag komt.",
            "activity": "Het plein opnieuw inrichten.",
            "municipality_position": "De gemeente heeft nog geen voorkeur.",
            "municipality_role": MunicipalityRole.DECIDER,
        },
        "ruimte": {
            "room_for_influence": True,
            "enough_interest": True,
            "enough_time": True,
            "why_ask": "Er zijn twee echte keuzes.",
        },
        "hoofdvragen": {"central_questions": ["Hoe groen wordt het plein?", "Hoe bereikbaar blijft het plein?"]},
        "besluit": {
            "decision_title": "Inrichting van het plein",
            "decision_url": "https://raad.voorbeeld.example/plein",
            "bob_phase": BobPhase.JUDGING,
            "papers_on": start + timedelta(days=70),
            "decision_on": start + timedelta(days=84),
        },
        "ankerpunten": {"anchor_points": ["De oude linden blijven staan."], "no_anchor_points": False},
        "belanghebbenden": {
            "shared_interest": "Een veilig plein.",
            "missing_voices": "Jongeren onder de 16.",
            "heard_beside": "Een gesprek op school.",
            "consulted_at_start": "De buurtvereniging.",
        },
        "omvang": {"size_scales": {scale.code: 4 for scale in SCALES}},
        "gebied": {"area_districts": [], "other_form_reason": ""},
        "niveau": {"level": "think", "intended_use": "weighed"},
        "beloften": {
            "results_promised_on": start + timedelta(days=63),
            "feedback_promised_on": start + timedelta(days=100),
            "contact_name": "De griffie",
            "contact_phone": "030 000 00 01",
        },
        "toets": {"values_answer": "Ja, iedereen kan meedoen."},
    }


STAKEHOLDER = {
    "name": "Ouders met jonge kinderen",
    "interest": "Veilig spelen",
    "weight": 4,
    "effect": Effect.GAIN,
    "little_influence": True,
    "level": "think",
    "plan_part": "",
    "heard_how": "",
}


def draft(people: Cast) -> Commission:
    """A commission of which only the title stands."""
    title = f"Nieuw plein {next(_numbers)}"
    with by(people.author):
        made = commissioning.create_commission(title=title, body=people.body, deciding_body=people.body)
    db.session.commit()
    return made


def complete_draft(people: Cast, **changes: dict[str, Any]) -> Commission:
    """A commission that can be handed in; `changes` replace values on a page."""
    made = draft(people)
    with by(people.author):
        for slug, values in answers().items():
            commissioning.save_section(made, slug, {**values, **changes.get(slug, {})})
        commissioning.save_stakeholder(made, STAKEHOLDER)
    db.session.commit()
    return made


def submitted(people: Cast, **changes: dict[str, Any]) -> Commission:
    """A commission that was handed in."""
    made = complete_draft(people, **changes)
    with by(people.author):
        commissioning.submit(made)
    db.session.commit()
    return made


def advised(people: Cast, **changes: dict[str, Any]) -> Commission:
    """A commission on which the griffie advised."""
    made = submitted(people, **changes)
    with by(people.clerk):
        commissioning.advise_form(made, advice="Een vragenlijst past bij dit doel.")
    db.session.commit()
    return made


def accepted(people: Cast, **changes: dict[str, Any]) -> Commission:
    """A commission that the deciding body accepted."""
    made = advised(people, **changes)
    with by(people.clerk):
        commissioning.accept(made, number="2026-101", on=clock.today())
    db.session.commit()
    return made


def wave(people: Cast, commission: Commission | None = None) -> Wave:
    """A wave in design with nothing in it."""
    source = commission or accepted(people)
    with by(people.clerk):
        made = design.create_wave(source, title=f"Wat wilt u met het plein {next(_numbers)}?")
    db.session.commit()
    return made


def complete_wave(people: Cast, commission: Commission | None = None) -> Wave:
    """A wave in design that only misses the second signature; with settings and population figures."""
    core.complete_settings()
    population.load_shipped("GM0355")
    db.session.commit()
    made = wave(people, commission)
    opens = clock.today() + timedelta(days=3)
    with by(people.clerk):
        design.save_wave(
            made,
            {
                "introduction": "De raad beslist over het plein.",
                "minutes": 5,
                "opens": (opens, time(9)),
                "closes": (opens + timedelta(days=14), time(23, 59)),
            },
        )
        for central in made.commission.central_questions:
            add_single(made, central.id)
        design.save_plan(made, PLAN, tables=[("v1", "sex")])
    db.session.commit()
    return made


def add_single(made: Wave, central_question_id: int, **values: Any) -> str:
    """A question with two answers; gives its key."""
    content = {
        "text": "Wat kiest u?",
        "options": [{"value": "o1", "label": "Meer bomen"}, {"value": "o2", "label": "Meer banken"}],
        "central_question_id": central_question_id,
    }
    return design.add_question(made, kind=QuestionKind.SINGLE, values={**content, **values}).item_key


def sign(people: Cast, made: Wave) -> None:
    """The colleague signs what stands."""
    with by(people.colleague):
        readiness.sign_off(made, seen_hash=fingerprint(made))
    db.session.commit()


def fingerprint(made: Wave) -> str:
    """The hash that is on the screen."""
    return readiness.design_hash(made)


def ready(people: Cast, commission: Commission | None = None) -> Wave:
    """A wave that is frozen and waits for its opening."""
    made = complete_wave(people, commission)
    sign(people, made)
    with by(people.clerk):
        readiness.make_ready(made)
    db.session.commit()
    return made
