"""The letter plan: from who is missing to letters per stratum, the request for the register, and who is left out."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from core.actor import SYSTEM, acting
from core.db import db
from core.errors import BlockedError, ImportRefusedError
from core.models import AuditEvent
from panel import classes
from panel.models import (
    Exclusion,
    LetterPlan,
    PopulationFigure,
    PopulationSet,
    RecruitmentRound,
    SamplePerson,
)
from panel.profiles import Address
from panel.queries.planning import LetterYield, letter_yields, plan_of, stratum_population
from panel.recruitment_labels import plan_sentence
from panel.services import planning, population, recruitment
from panel.services.planning import PlanInput
from tests.conftest import CheckingClient

STRATUM = "40-54|WK035501"


@pytest.fixture
def ready(ready: SimpleNamespace) -> Iterator[SimpleNamespace]:
    with acting(SYSTEM):
        yield ready


@pytest.fixture
def draft(ready: SimpleNamespace) -> RecruitmentRound:
    found: RecruitmentRound = ready.panel.recruitment_round(persons=0, sent=False)
    return found


def planned(draft: RecruitmentRound, run_jobs: Any, **given: Any) -> LetterPlan:
    planning.make_plan(draft, PlanInput(**{"target": 1500, **given}))
    run_jobs()
    plan = plan_of(draft)
    assert plan is not None
    assert plan.computed_at is not None
    return plan


def test_letters_fill_what_is_missing_at_the_published_yield(draft: RecruitmentRound, run_jobs: Any) -> None:
    plan = planned(draft, run_jobs)
    assert sum(s.missing for s in plan.strata) == pytest.approx(1500)
    assert plan.expected == pytest.approx(1500, rel=0.05)
    for stratum in plan.strata:
        assert stratum.letters is not None
        assert stratum.low is not None
        assert stratum.expected is not None
        assert stratum.high is not None
        assert stratum.low <= stratum.expected <= stratum.high
        assert stratum.expected_yield == pytest.approx(planning.PUBLISHED_YIELD, rel=0.01)


def test_no_letters_where_there_are_enough_members(
    ready: SimpleNamespace, draft: RecruitmentRound, run_jobs: Any
) -> None:
    for _ in range(3):
        ready.panel.member()
    plan = planned(draft, run_jobs, target=50)
    full = next(s for s in plan.strata if s.stratum == STRATUM)
    assert (full.members, full.letters) == (3, full.letters if full.missing > 0 else 0)
    assert full.missing == pytest.approx(50 * full.population / sum(s.population for s in plan.strata) - 3)


def test_budget_in_euros_bounds_all_letters_second_ones_too(draft: RecruitmentRound, run_jobs: Any) -> None:
    plan = planned(draft, run_jobs, budget_euros=1000, cents_per_letter=125, second_letter=True)
    letters = sum((s.letters or 0) + (s.second_letters or 0) for s in plan.strata)
    assert plan.budget == 800
    assert 790 <= letters <= 800
    assert sum(s.shortfall or 0 for s in plan.strata) > 1000


def test_yields_of_closed_rounds_change_the_next_plan(
    ready: SimpleNamespace, draft: RecruitmentRound, run_jobs: Any
) -> None:
    before = {s.stratum: s.expected_yield or 0 for s in planned(draft, run_jobs).strata}
    earlier = ready.panel.recruitment_round(persons=60)
    ready.panel.drawn_member(ready.panel.persons(earlier)[0])
    recruitment.close_round(earlier)
    after = {s.stratum: s for s in planned(draft, run_jobs).strata}
    assert (after[STRATUM].sent, after[STRATUM].joined) == (60, 1)
    assert (after[STRATUM].expected_yield or 0) < before[STRATUM]


def test_who_joins_after_the_second_letter_counts_to_that(ready: SimpleNamespace) -> None:
    made = ready.panel.recruitment_round(persons=5)
    first, second, *_ = ready.panel.persons(made)
    ready.panel.drawn_member(first)
    recruitment.plan_second_letter(made, made.letter_on + timedelta(days=7))
    with clock.travel(clock.now() + timedelta(days=9)):
        ready.panel.drawn_member(second)
        assert letter_yields([made]) == {STRATUM: LetterYield(sent=5, joined=1, sent_second=4, joined_second=1)}


def test_chosen_numbers_take_the_place_of_the_proposal(draft: RecruitmentRound, run_jobs: Any) -> None:
    plan = planned(draft, run_jobs)
    chosen = {s.stratum: 0 for s in plan.strata} | {STRATUM: 420}
    planning.choose_letters(draft, chosen)
    run_jobs()
    letters = {s.stratum: s.letters for s in plan.strata}
    assert letters == chosen
    one = next(s for s in plan.strata if s.stratum == STRATUM)
    assert one.expected == pytest.approx(420 * planning.PUBLISHED_YIELD, rel=0.01)
    assert plan_sentence(one, "40 tot en met 54 jaar, Wijk 01", plan.level) == (
        f"Stuur 420 brieven naar 40 tot en met 54 jaar, Wijk 01: verwacht {round(one.expected or 0)} leden, "
        f"80 % kans op {one.low} tot {one.high}."
    )
    with pytest.raises(BlockedError):
        planning.choose_letters(draft, {STRATUM: one.available + 1})


def test_plan_that_changed_meanwhile_is_computed_from_the_last_input(draft: RecruitmentRound, run_jobs: Any) -> None:
    planning.make_plan(draft, PlanInput(target=1500))
    planning.make_plan(draft, PlanInput(target=300))
    assert run_jobs() == 2
    plan = plan_of(draft)
    assert plan is not None
    assert (plan.target, plan.version) == (300, 2)
    assert plan.expected == pytest.approx(300, rel=0.06)


def test_plan_needs_figures_and_a_round_that_has_not_begun(make: SimpleNamespace) -> None:
    make.core.complete_settings()
    with acting(SYSTEM):
        made = make.panel.recruitment_round(persons=0, sent=False)
        with pytest.raises(BlockedError) as refused:
            planning.make_plan(made, PlanInput(target=100, budget_euros=5))
        assert [b.code for b in refused.value.blockers] == ["no-figures", "cost-missing"]
        make.panel.figures()
        recruitment.import_sample(made, make.panel.sample_csv(1))
        recruitment.send_letters(made)
        with pytest.raises(BlockedError) as refused:
            planning.make_plan(made, PlanInput(target=100))
        assert [b.code for b in refused.value.blockers] == ["plan-is-fixed"]


def test_population_of_the_strata_adds_up_to_that_of_the_districts(ready: SimpleNamespace) -> None:
    found = stratum_population()
    assert found is not None
    assert sum(found.counts.values()) == pytest.approx(56_000, rel=0.05)
    assert STRATUM in found.counts


def test_birth_years_of_a_class_lead_back_to_it() -> None:
    day = clock.today()
    for age in classes.AGE_CODES:
        first, last = classes.birth_years(age, day)
        assert {classes.age_class(year, day) for year in range(first or last - 20, last + 1)} == {age}


def sample(rows: str, *extra: str) -> bytes:
    return "\n".join([rows, *extra]).encode()


def test_chance_is_drawn_divided_by_the_group(ready: SimpleNamespace, draft: RecruitmentRound) -> None:
    head, *rows = ready.panel.sample_csv(4, insluitkans="").decode().split("\n")
    recruitment.import_sample(draft, sample(f"{head};aantal_in_groep", *(f"{row};80" for row in rows)))
    assert {(p.inclusion_probability, p.frame_size) for p in ready.panel.persons(draft)} == {(0.05, 80)}


@pytest.mark.parametrize(
    ("chance", "frames", "column"),
    [
        ("", ("80", "81"), "aantal_in_groep"),
        ("", ("1", "1"), "aantal_in_groep"),
        ("0,5", ("80", "80"), "insluitkans"),
        ("", ("", ""), "insluitkans"),
        ("", ("x", "80"), "aantal_in_groep"),
    ],
)
def test_chance_that_does_not_fit_the_group_is_refused(
    ready: SimpleNamespace, draft: RecruitmentRound, chance: str, frames: tuple[str, str], column: str
) -> None:
    head, *rows = ready.panel.sample_csv(2, insluitkans=chance).decode().split("\n")
    lines = [f"{row};{frame}" for row, frame in zip(rows, frames, strict=True)]
    with pytest.raises(ImportRefusedError) as refused:
        recruitment.import_sample(draft, sample(f"{head};aantal_in_groep", *lines))
    assert {fault.column for fault in refused.value.errors} == {column}


def test_members_refusals_and_who_is_drawn_elsewhere_get_no_letter(
    ready: SimpleNamespace, draft: RecruitmentRound
) -> None:
    known = ready.panel.recruitment_round(persons=3, achternaam="Bekend")
    recruitment.refuse_letters(known, 2)
    home = Address("Slotlaan", "3a", "3701 AB", "Zeist")
    ready.panel.member(first_name="Geloot3", last_name="Bekend", address=home)
    file = ready.panel.sample_csv(4, achternaam="Bekend").replace(b"Geloot3", b"Geloot3 Maria")
    taken = recruitment.import_sample(draft, file)
    assert taken.excluded == {Exclusion.OPEN_ROUND: 1, Exclusion.REFUSED: 1, Exclusion.MEMBER: 1}
    assert (taken.persons, taken.letters) == (4, 1)
    people = ready.panel.persons(draft)
    assert [p.excluded for p in people] == [Exclusion.OPEN_ROUND, Exclusion.REFUSED, Exclusion.MEMBER, None]
    assert all(p.person_index is None and p.street is None for p in people if p.excluded)
    assert recruitment.letter_ids(draft) == [people[3].id]
    row = db.session.scalars(db.select(AuditEvent).filter_by(action="round.import_sample")).all()[-1]
    assert row.detail["excluded"] == {"open_round": 1, "refused": 1, "member": 1}
    recruitment.close_round(known)
    assert recruitment.import_sample(draft, file).excluded == {Exclusion.REFUSED: 1, Exclusion.MEMBER: 1}
    assert len(db.session.scalars(db.select(SamplePerson).filter_by(round_id=draft.id)).all()) == 4


def test_clerk_plans_adjusts_and_sends_the_request(
    ready: SimpleNamespace, clerk: CheckingClient, draft: RecruitmentRound, run_jobs: Any
) -> None:
    url = f"/griffie/werving/{draft.public_id}"
    assert "Maak eerst een plan" in clerk.get(f"{url}/aanvraag").get_data(as_text=True)
    form = {"target": "1500", "prior_yield": "13,0", "prior_second_yield": "4", "second_letter": "y", "budget": "900"}
    assert clerk.post(f"{url}/plan", data={**form, "prior_yield": "veel"}).status_code == 422
    assert clerk.post(f"{url}/plan", data={**form, "budget_euros": "100"}).status_code == 409
    assert clerk.post(f"{url}/plan", data=form).status_code == 302
    assert "wordt berekend" in clerk.get(f"{url}/plan").get_data(as_text=True)
    run_jobs()
    page = clerk.get(f"{url}/plan").get_data(as_text=True)
    assert "80 % kans op" in page
    plan = plan_of(draft)
    assert plan is not None
    letters = {f"letters-{s.position}": "0" for s in plan.strata}
    assert clerk.post(f"{url}/plan/aanpassen", data={**letters, "letters-0": "-5"}).status_code == 422
    assert clerk.post(f"{url}/plan/aanpassen", data={**letters, "letters-0": "120"}).status_code == 302
    run_jobs()
    file = clerk.get(f"{url}/aanvraag.csv").get_data(as_text=True).lstrip("\ufeff")
    (row,) = csv.DictReader(io.StringIO(file), delimiter=";")
    assert (row["stratum"], row["aantal te loten"]) == (plan.strata[0].stratum, "120")
    assert row["geboren tot en met"] == str(draft.letter_on.year - 16)
    assert "120 personen" in clerk.get(f"{url}/aanvraag").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(clerk.get(f"{url}/plan.csv").get_data(as_text=True)), delimiter=";"))
    assert len(rows) == len(plan.strata)
    assert "Bekijk het plan" in clerk.get(url).get_data(as_text=True)


def newer_figures() -> None:
    """Figures of a year later, chosen now: twice the people in one wijk."""
    old = db.session.scalars(select(PopulationSet)).first()
    assert old is not None
    kept = {c.key: getattr(old, c.key) for c in PopulationSet.__table__.columns if c.key not in ("id", "public_id")}
    new = PopulationSet(**{**kept, "sha256": "1" * 64, "reference": old.reference + timedelta(days=365)})
    db.session.add(new)
    db.session.flush()
    for row in db.session.scalars(select(PopulationFigure).where(PopulationFigure.set_id == old.id)).all():
        values = {c.key: getattr(row, c.key) for c in PopulationFigure.__table__.columns if c.key != "id"}
        twice = 2 if row.category == "WK035501" else 1
        db.session.add(PopulationFigure(**{**values, "set_id": new.id, "count": row.count * twice}))
    db.session.flush()
    population.choose(new)
    db.session.commit()


def test_a_round_keeps_the_figures_it_started_with(
    ready: SimpleNamespace, draft: RecruitmentRound, run_jobs: Any
) -> None:
    before = {s.stratum: s.population for s in planned(draft, run_jobs).strata}
    with clock.travel(clock.now() + timedelta(hours=1)):
        newer_figures()
    with clock.travel(clock.now() + timedelta(hours=2)):
        again = {s.stratum: s.population for s in planned(draft, run_jobs).strata}
        later = ready.panel.recruitment_round("Ronde daarna", persons=0, sent=False)
        fresh = {s.stratum: s.population for s in planned(later, run_jobs).strata}
    assert again == before
    assert fresh[STRATUM] > 1.5 * before[STRATUM]
