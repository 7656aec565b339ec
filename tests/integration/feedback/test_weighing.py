"""The worker executes the frozen plan; a refusal becomes a public decision; a rebuild gives the same bytes."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select, update

from analysis.estimation.design import raked_design
from analysis.estimation.estimates import estimate_means
from analysis.estimation.intervals import share_intervals
from core.actor import acting
from core.db import db
from core.errors import DomainError, NotPermittedError, TransitionError
from core.models import AuditEvent, Job, Role
from feedback.jobs import weigh_wave
from feedback.models import PublicationStatus
from feedback.services import weighing
from feedback.weighing.loading import load_input
from feedback.weighing.weights import weigh
from panel.models import PopulationFigure
from surveys.models import Obligation


def test_closed_wave_is_weighed_to_every_margin(make: SimpleNamespace) -> None:
    publication = make.feedback.weighed(make.feedback.closed_wave())
    assert publication.status is PublicationStatus.PROPOSED
    for margin in publication.current.document["weighting"]["margins"]:
        for row in margin["rows"]:
            assert row["after"] == pytest.approx(row["population"], abs=1e-9)


def test_figures_equal_a_direct_call_of_the_numbers(make: SimpleNamespace) -> None:
    wave = make.feedback.closed_wave()
    publication = make.feedback.weighed(wave)
    given = load_input(publication, wave)
    design = raked_design(weigh(given, given.responses).trimmed.raking)
    chosen = [row["speed"] for row in given.responses.answers]
    values = np.array([[np.nan] * 2 if isinstance(c, dict) else [c == "o1", c == "o2"] for c in chosen], dtype=float)
    direct = estimate_means(design, values)
    limits = share_intervals(direct)
    figures = publication.current.document["questions"][0]["blocks"][0]["figures"]
    for i, figure in enumerate(figures):
        assert figure["value"] == pytest.approx(direct.estimate[0, i], rel=1e-11)
        assert figure["low"] == pytest.approx(limits.low[0, i], rel=1e-11)
        assert figure["high"] == pytest.approx(limits.high[0, i], rel=1e-11)
    assert sum(f["percent"] for f in figures) == 100


def test_every_question_has_a_result(make: SimpleNamespace) -> None:
    publication = make.feedback.weighed(make.feedback.closed_wave())
    questions = publication.current.document["questions"]
    assert [q["item_key"] for q in questions] == [q.item_key for q in make.feedback.QUESTIONS]
    measures = {q["kind"]: [b["measure"] for b in q["blocks"]] for q in questions}
    assert measures["ranking"] == ["mean_rank", "first"]
    assert measures["budget"] == ["budget", "nothing"]
    assert measures["open"] == []
    assert next(q for q in questions if q["kind"] == "open")["wrote"] > 0


def test_texts_of_open_answers_are_not_in_the_document(make: SimpleNamespace) -> None:
    publication = make.feedback.weighed(make.feedback.closed_wave())
    assert "Meer bomen" not in str(publication.current.document)


def test_weighing_again_changes_nothing(make: SimpleNamespace) -> None:
    wave = make.feedback.closed_wave()
    publication = make.feedback.weighed(wave)
    make.feedback.weighed(wave)
    assert len(publication.result_sets) == 1
    assert len(db.session.scalars(select(Obligation)).all()) == 1


def test_group_without_respondents_asks_for_a_decision_with_a_merge(make: SimpleNamespace) -> None:
    publication = make.feedback.weighed(make.feedback.closed_wave(ages=make.feedback.AGES[1:]))
    assert publication.status is PublicationStatus.NEEDS_DECISION
    assert publication.result_sets == []
    reason = next(r for r in publication.refusals if r["variable"] == "age")
    assert reason["code"] == "category_without_respondents"
    assert reason["proposal"] == ["age", "16-29", "30-39"]
    assert reason["population"] == 10632


def test_accepted_merge_with_a_public_reason_is_executed(make: SimpleNamespace) -> None:
    wave = make.feedback.closed_wave(ages=make.feedback.AGES[1:])
    publication = make.feedback.weighed(wave)
    with acting(make.feedback.as_account(make.core.account(Role.ANALYST))):
        weighing.decide(publication, reason="Niemand onder 30 deed mee.", merges=[["age", "16-29", "30-39"]])
        db.session.commit()
    job = db.session.scalars(select(Job).where(Job.kind == weighing.JOB)).one()
    weigh_wave(job.payload, lambda _done, _of: None)
    db.session.commit()
    assert publication.status is PublicationStatus.PROPOSED
    document = publication.current.document
    assert document["plan"]["changed"]
    assert "16-29 + 30-39" in [r["category"] for m in document["weighting"]["margins"] for r in m["rows"]]


def test_departure_without_a_reason_is_refused(make: SimpleNamespace) -> None:
    publication = make.feedback.weighed(make.feedback.closed_wave(ages=make.feedback.AGES[1:]))
    with acting(make.feedback.as_account(make.feedback.clerk())), pytest.raises(DomainError, match="reason-missing"):
        weighing.decide(publication, reason=" ", merges=[["age", "16-29", "30-39"]])


def test_unknown_variable_of_the_plan_asks_for_a_decision(make: SimpleNamespace) -> None:
    plan = make.feedback.WeightingPlan(variables=("sex", "tenure"))
    publication = make.feedback.weighed(make.feedback.closed_wave(60, plan=plan))
    assert [(r["code"], r["variable"]) for r in publication.refusals] == [("unknown_margin", "tenure")]


def test_council_member_may_not_accept_weights(make: SimpleNamespace) -> None:
    publication = make.feedback.weighed(make.feedback.closed_wave(200))
    council = make.core.account(Role.COUNCIL_MEMBER)
    with acting(make.feedback.as_account(council)), pytest.raises(NotPermittedError):
        weighing.accept(publication)


def test_accepted_weights_cannot_be_changed(make: SimpleNamespace) -> None:
    publication = make.feedback.weighed(make.feedback.closed_wave(200))
    with acting(make.feedback.as_account(make.feedback.clerk())):
        weighing.accept(publication)
        db.session.commit()
        with pytest.raises(TransitionError):
            weighing.decide(publication, reason="Toch anders.", dropped=["sex"])
    assert publication.status is PublicationStatus.WEIGHTED


def test_result_of_an_older_decision_is_thrown_away(make: SimpleNamespace) -> None:
    publication = make.feedback.weighed(make.feedback.closed_wave(200))
    document, digest = publication.current.document, publication.current.digest
    with acting(make.feedback.as_account(make.feedback.clerk())):
        weighing.decide(publication, reason="Zonder geslacht.", dropped=["sex"])
        db.session.commit()
    assert not weighing.store_result(publication, document, digest, decisions=0)
    assert publication.status is PublicationStatus.WEIGHING


def test_rebuild_gives_the_same_bytes(app: Flask, make: SimpleNamespace) -> None:
    wave = make.feedback.closed_wave()
    make.feedback.weighed(wave)
    result = app.test_cli_runner().invoke(args=["feedback", "rebuild", wave.slug])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("same ")


def test_rebuild_finds_a_changed_answer(app: Flask, make: SimpleNamespace) -> None:
    wave = make.feedback.closed_wave()
    publication = make.feedback.weighed(wave)
    first: Any = load_input(publication, wave).responses.ids[0]
    row = db.session.get_one(make.feedback.SurveyResponse, first)
    row.answers = {**row.answers, "mark": 0}
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["feedback", "rebuild", wave.slug])
    assert result.exit_code == 1


def test_each_step_is_in_the_audit_log(make: SimpleNamespace) -> None:
    publication = make.feedback.published()
    actions = db.session.scalars(
        select(AuditEvent.action).where(AuditEvent.object_ref == publication.public_id).order_by(AuditEvent.id)
    ).all()
    assert actions == [
        "publication.open",
        "publication.proposed",
        "publication.weighted",
        "publication.results_published",
    ]


def test_newer_population_figures_do_not_change_what_is_rebuilt(app: Flask, make: SimpleNamespace) -> None:
    wave = make.feedback.closed_wave(200)
    make.feedback.weighed(wave)
    db.session.execute(update(PopulationFigure).values(count=PopulationFigure.count * 2))
    make.core.complete_settings(privacy_floor=25)
    result = app.test_cli_runner().invoke(args=["feedback", "rebuild", wave.slug])
    assert result.exit_code == 0, result.output
