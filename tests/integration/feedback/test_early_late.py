"""Early against late answers on the method page: weighted, per question, only when both sides are large enough."""

import json
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from analysis.disclosure.release import ReleaseRule
from core.db import db
from feedback import queries
from feedback.disclosure_check import disclosure_blockers
from feedback.models import Publication
from feedback.weighing.loading import load_input
from feedback.weighing.weights import weigh
from surveys.models import SurveyResponse, Wave


def block_of(publication: Publication, item_key: str) -> dict[str, object]:
    assert publication.current is not None
    question = next(q for q in publication.current.document["questions"] if q["item_key"] == item_key)
    found: dict[str, object] = question["blocks"][0]
    return found


def only_late(wave: Wave, few: int) -> None:
    """Let but a few answers be late."""
    for n, response in enumerate(db.session.scalars(select(SurveyResponse).where(SurveyResponse.wave_id == wave.id))):
        response.flags = {"late": n < few}
    db.session.commit()


def test_both_sides_stand_on_the_method_page(client: FlaskClient, make: SimpleNamespace) -> None:
    publication = make.feedback.published()
    page = client.get(f"/vragenlijsten/{queries.wave_of(publication).slug}/onderzoek").text
    assert "Vroeg en later: " in page
    assert "Per moment van antwoorden" in page
    sides = block_of(publication, "speed")["early_late"]
    assert isinstance(sides, dict)
    assert [g["label"] for g in sides["groups"]] == ["vroeg", "later"]


def test_the_shares_are_those_of_the_weighted_answers(make: SimpleNamespace) -> None:
    publication = make.feedback.published()
    given = load_input(publication, queries.wave_of(publication))
    weights = weigh(given, given.responses).trimmed.raking.weights
    sides = block_of(publication, "speed")["early_late"]
    assert isinstance(sides, dict)
    for group, late in zip(sides["groups"], (False, True), strict=True):
        rows = [
            (weight, answers["speed"])
            for weight, answers, came in zip(weights, given.responses.answers, given.responses.sides, strict=True)
            if came is late and isinstance(answers.get("speed"), str)
        ]
        assert group["base"] == len(rows)
        whole = sum(weight for weight, _ in rows)
        for figure in group["figures"]:
            share = sum(weight for weight, answer in rows if answer == figure["key"]) / whole
            # beside a band the figures go in steps of five percent
            assert figure["value"] == pytest.approx(share, abs=1e-8 if figure["band"] == "exact" else 0.03)


@pytest.mark.parametrize("few", [0, 9])
def test_a_small_side_hides_both(client: FlaskClient, make: SimpleNamespace, few: int) -> None:
    wave = make.feedback.closed_wave()
    only_late(wave, few)
    publication = make.feedback.published(wave)
    assert "Een van de twee groepen is te klein" in client.get(f"/vragenlijsten/{wave.slug}/onderzoek").text
    sides = block_of(publication, "speed")["early_late"]
    assert isinstance(sides, dict)
    assert sides["withheld"]
    assert sides["groups"] == []


def test_the_last_check_looks_at_both_sides_too(make: SimpleNamespace) -> None:
    publication = make.feedback.published()
    assert publication.current is not None
    document = json.loads(json.dumps(publication.current.document))
    floor = ReleaseRule().floor
    assert disclosure_blockers(document, floor=floor) == []
    sides = next(q for q in document["questions"] if q["item_key"] == "speed")["blocks"][0]["early_late"]
    sides["groups"][0]["base"] = floor - 1
    assert disclosure_blockers(document, floor=floor)
