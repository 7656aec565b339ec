"""A wave asks everybody or a sample by strata: the choice, what it would give, the draw, its weights and its proof."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select, update

from core import clock, files
from core.db import db
from core.errors import BlockedError, ConflictError, TransitionError
from core.models import Job, StoredFile
from feedback.weighing.loading import load_responses
from panel import wave_draws
from panel.models import Member, MemberStatus
from panel.queries import Asking
from panel.queries.drawing import count_households, left_out
from panel.wave_samples import SamplePlan, sample_document
from surveys import jobs_draws
from surveys.lifecycle import WaveStatus
from surveys.models import Fieldwork, Invitation, Wave
from surveys.questionnaire import FrozenWave, WeightingPlan, digest, from_document, to_document
from surveys.services import fielding, opening, readiness, sampling

BIRTH_YEARS = {"16-29": 2000, "40-54": 1976, "75+": 1940}
BY_AGE = SamplePlan(6, ("age",), strata={"16-29": 100, "40-54": 100, "75+": 100})


def people(make: SimpleNamespace, sizes: dict[str, int], **values: object) -> list[Member]:
    """Members of some age classes."""
    ages = [age for age, n in sizes.items() for _ in range(n)]
    made = [make.surveys_fieldwork.member(birth_year=BIRTH_YEARS[age], **values) for age in ages]
    db.session.commit()
    return made


def ready(make: SimpleNamespace, sample: SamplePlan | None, **values: object) -> Wave:
    """A frozen wave with a sample."""
    wave: Wave = make.surveys_fieldwork.ready_wave(**values)
    old = from_document(wave.frozen_document or {})
    frozen = FrozenWave(**{**vars(old), "sample": sample})
    wave.sample = sample_document(sample)
    wave.frozen_document = to_document(frozen)
    wave.frozen_hash = digest(wave.frozen_document)
    wave.announced_at = clock.now()
    db.session.commit()
    return wave


def asking() -> Asking:
    return Asking(clock.now() + timedelta(minutes=1))


def drawn_ages(wave: Wave) -> Counter[str]:
    rows = db.session.scalars(select(Invitation.classes).where(Invitation.wave_id == wave.id))
    return Counter(row["age"] for row in rows)


def verified(wave: Wave) -> dict[str, object]:
    return jobs_draws.verify({"wave": wave.public_id}, lambda _done, _of: None)


def test_sample_is_divided_over_the_strata_as_the_population_is(make: SimpleNamespace) -> None:
    people(make, {"16-29": 20, "40-54": 10, "75+": 30})
    wave = ready(make, SamplePlan(20, ("age",), strata={"16-29": 100, "40-54": 300, "75+": 100}))
    assert opening.open_wave(wave) == 20
    db.session.commit()
    # 40-54 has ten of the twelve that it should have; the others share the two places
    assert drawn_ages(wave) == {"16-29": 5, "40-54": 10, "75+": 5}
    rows = {row["stratum"]: row for row in db.session.get_one(Fieldwork, wave.id).draw["strata"]}
    assert rows["40-54"] == {
        "stratum": "40-54", "members": 10, "households": 10, "wanted": 12.0, "drawn": 10, "short": True,
    }  # fmt: skip
    assert not rows["75+"]["short"]


def test_design_weight_is_one_over_the_chance_to_be_drawn_into_panel_and_wave(make: SimpleNamespace) -> None:
    people(make, {"16-29": 40, "75+": 20}, base_weight=3.0)
    wave = ready(make, SamplePlan(20, ("age",), own_sizes=True, strata={"16-29": 10, "75+": 10}))
    opening.open_wave(wave)
    db.session.commit()
    weights = {(i.classes["age"], i.base_weight) for i in make.surveys_fieldwork.invitations(wave)}
    assert weights == {("16-29", 12.0), ("75+", 6.0)}


def test_design_weights_reach_the_weighing_and_put_an_uneven_draw_right(make: SimpleNamespace) -> None:
    people(make, {"16-29": 80, "75+": 20})
    plan = WeightingPlan(variables=("sex",), breakdowns=("age",))
    sample = SamplePlan(30, ("age",), own_sizes=True, strata={"16-29": 20, "75+": 10})
    wave = ready(make, sample, plan=plan)
    opening.open_wave(wave)
    db.session.commit()
    for invitation in make.surveys_fieldwork.invitations(wave):
        make.surveys_fieldwork.answer(invitation, {"use": {"use": ["often"]}, "mark": {"mark": ["7"]}})
    make.surveys_fieldwork.close(wave)
    found = load_responses(wave)
    of_age: dict[str, float] = {}
    for classes, weight in zip(found.classes, found.base_weights, strict=True):
        of_age[classes["age"]] = of_age.get(classes["age"], 0.0) + float(weight)
    assert of_age == {"16-29": pytest.approx(80), "75+": pytest.approx(20)}


def test_one_person_per_household_also_when_a_household_lies_in_two_strata(make: SimpleNamespace) -> None:
    for n in range(12):
        people(make, {"16-29": 1, "75+": 1}, household_index=f"home-{n}", base_weight=1.0)
    found = wave_draws.draw_wave(asking(), 5, SamplePlan(8, ("age",), strata={"16-29": 1, "75+": 1}))
    assert found is not None
    homes = dict(db.session.execute(select(Member.id, Member.household_index)).all())
    assert len({homes[p.member_id] for p in found.people}) == 8
    assert [s.members for s in found.strata] == [12, 12]
    assert sum(s.households for s in found.strata) == 12
    of = {s.stratum: s for s in found.strata}
    for person in found.people:
        stratum = of[person.classes["age"]]
        assert person.base_weight == pytest.approx(2 * stratum.households / stratum.drawn)


def test_design_weights_add_up_to_the_members_over_many_seeds(make: SimpleNamespace) -> None:
    for n in range(6):
        people(make, {"16-29": 1, "75+": 1}, household_index=f"home-{n}", base_weight=1.0)
    people(make, {"40-54": 8}, base_weight=1.0)
    sums = []
    for seed in range(60):
        found = wave_draws.draw_wave(asking(), seed, BY_AGE)
        assert found is not None
        sums.append(sum(p.base_weight for p in found.people))
    assert sum(sums) / len(sums) == pytest.approx(20, rel=0.05)


def test_member_without_figures_keeps_a_chance_at_the_share_of_the_panel(make: SimpleNamespace) -> None:
    people(make, {"16-29": 20, "75+": 20})
    for _ in range(10):
        make.surveys_fieldwork.member(birth_year=None)
    db.session.commit()
    found = wave_draws.draw_wave(asking(), 3, SamplePlan(10, ("age",), strata={"16-29": 50, "75+": 50}))
    assert found is not None
    assert {s.stratum: s.drawn for s in found.strata} == {"16-29": 4, "75+": 4, "undisclosed": 2}


def test_sample_larger_than_the_panel_asks_everybody(make: SimpleNamespace) -> None:
    people(make, {"16-29": 3, "75+": 2})
    wave = ready(make, SamplePlan(1000, ("age",), strata={"16-29": 50, "75+": 50}))
    assert opening.open_wave(wave) == 5


@pytest.mark.parametrize("plan", [None, SamplePlan(4), BY_AGE])
def test_draw_can_be_repeated_from_the_frozen_hash_until_closing_and_the_verdict_stays(
    make: SimpleNamespace, plan: SamplePlan | None
) -> None:
    people(make, {"16-29": 6, "40-54": 6, "75+": 6})
    people(make, {"40-54": 2}, household_index="together")
    wave = ready(make, plan)
    opening.open_wave(wave)
    db.session.commit()
    # what changes in the panel afterwards does not touch the draw
    db.session.execute(update(Member).values(status=MemberStatus.PAUSED, paused_until=clock.today()))
    db.session.commit()
    assert verified(wave)["holds"] is True
    make.surveys_fieldwork.close(wave)
    assert db.session.scalars(select(StoredFile).where(StoredFile.owner == fielding.draw_owner(wave))).all() == []
    after = verified(wave)
    assert (after["holds"], after["checked"]) == (None, {"on": clock.today().isoformat(), "holds": True})


def test_somebody_put_in_another_place_breaks_the_proof(make: SimpleNamespace) -> None:
    people(make, {"16-29": 6, "40-54": 6, "75+": 6})
    wave = ready(make, BY_AGE)
    opening.open_wave(wave)
    db.session.commit()
    chosen = select(Invitation.member_id).where(Invitation.wave_id == wave.id)
    outside = db.session.scalars(select(Member.id).where(Member.id.not_in(chosen))).first()
    one = make.surveys_fieldwork.invitations(wave)[0]
    one.member_id = outside
    db.session.commit()
    assert verified(wave)["holds"] is False


def test_changed_sizes_or_list_break_the_proof(make: SimpleNamespace) -> None:
    people(make, {"16-29": 6, "40-54": 6, "75+": 6})
    wave = ready(make, BY_AGE)
    opening.open_wave(wave)
    db.session.commit()
    work = db.session.get_one(Fieldwork, wave.id)
    kept = work.draw
    work.draw = {**kept, "record": {**kept["record"], "sizes": [1, 2, 3]}}
    db.session.commit()
    assert verified(wave)["holds"] is False
    work.draw = kept
    db.session.commit()
    file = db.session.scalars(select(StoredFile).where(StoredFile.owner == fielding.draw_owner(wave))).one()
    whole = files.read(file)
    for content in (whole.replace(b"\n", b"\n999999;0;999999\n", 1), b"lid;stratum\n", whole.replace(b";0;", b";x;")):
        files.destroy(fielding.draw_owner(wave))
        db.session.expunge_all()
        files.save(
            owner=fielding.draw_owner(wave), name="l", media_type="text/csv", content=content, expires_at=clock.now()
        )
        db.session.commit()
        assert verified(db.session.get_one(Wave, wave.id))["holds"] is False


def test_damaged_list_does_not_keep_a_wave_from_closing(make: SimpleNamespace) -> None:
    people(make, {"16-29": 6, "40-54": 6, "75+": 6})
    wave = ready(make, BY_AGE)
    opening.open_wave(wave)
    db.session.execute(update(StoredFile).values(sha256="0" * 64))
    db.session.commit()
    make.surveys_fieldwork.close(wave)
    assert wave.status is WaveStatus.CLOSED
    assert verified(wave)["checked"] == {"on": clock.today().isoformat(), "holds": False}


def test_command_says_whether_the_draw_holds(app: Flask, make: SimpleNamespace) -> None:
    people(make, {"16-29": 6, "40-54": 6, "75+": 6})
    wave = ready(make, BY_AGE)
    run = app.test_cli_runner().invoke
    assert "nobody was drawn" in run(args=["surveys", "verify-draw", wave.public_id]).output
    opening.open_wave(wave)
    db.session.commit()
    told = run(args=["surveys", "verify-draw", wave.public_id])
    assert told.exit_code == 0
    assert "the draw holds (repeated now): 6 drawn by sha256-draw/1" in told.output
    work = db.session.get_one(Fieldwork, wave.id)
    work.draw = {**work.draw, "record": {**work.draw["record"], "seed": "1"}}
    db.session.commit()
    broken = run(args=["surveys", "verify-draw", wave.public_id])
    assert broken.exit_code == 1
    assert "does NOT hold" in broken.output
    assert run(args=["surveys", "verify-draw", "unknown"]).exit_code == 1


def test_everybody_left_out_is_counted_once_under_the_reason(make: SimpleNamespace) -> None:
    make.core.complete_settings()
    people(make, {"16-29": 4}, district_code="WK035501")
    people(make, {"75+": 2}, district_code="WK035502")
    people(make, {"75+": 1}, district_code="WK035501", household_index="one")
    people(make, {"16-29": 1}, district_code="WK035501", household_index="one")
    people(make, {"75+": 3}, status=MemberStatus.DORMANT)
    people(make, {"75+": 2}, status=MemberStatus.PAUSED, paused_until=clock.today())
    people(make, {"75+": 1}, admitted_at=clock.now() + timedelta(days=3))
    wanted = Asking(clock.now() + timedelta(days=1), ("WK035501",))
    assert vars(left_out(wanted)) == {"paused": 2, "dormant": 3, "too_new": 1, "elsewhere": 2, "resting": 0}
    assert count_households(wanted) == 5
    found = wave_draws.draw_wave(wanted, 1)
    assert found is not None
    assert (found.frame.n, found.households, len(found.people)) == (6, 5, 5)


def test_everybody_says_nothing_in_the_frozen_document_so_that_older_hashes_stay(make: SimpleNamespace) -> None:
    wave = make.surveys_fieldwork.ready_wave()
    assert "sample" not in wave.frozen_document
    frozen = from_document(wave.frozen_document or {})
    assert digest(to_document(frozen)) == wave.frozen_hash
    other = to_document(FrozenWave(**{**vars(frozen), "sample": BY_AGE}))
    assert digest(other) != wave.frozen_hash
    assert from_document(other).sample == BY_AGE


def test_choosing_another_sample_makes_a_signature_void(make: SimpleNamespace) -> None:
    cast = make.surveys_design.cast()
    wave = make.surveys_design.complete_wave(cast)
    with make.surveys_design.by(cast.clerk):
        plan = sampling.choose_sample(wave, n=500, by=("age", "district"))
    db.session.commit()
    assert sum(plan.strata.values()) == pytest.approx(53_000, rel=0.3)
    make.surveys_design.sign(cast, wave)
    with make.surveys_design.by(cast.clerk):
        sampling.choose_everybody(wave)
        db.session.commit()
        with pytest.raises(BlockedError):
            readiness.make_ready(wave)
        db.session.rollback()
        sampling.choose_sample(wave, n=500, by=("age", "district"))
        db.session.commit()
        readiness.make_ready(wave)
    assert from_document(wave.frozen_document or {}).sample == plan
    with make.surveys_design.by(cast.clerk), pytest.raises(ConflictError):
        sampling.choose_everybody(wave)


def test_fewer_people_than_strata_and_too_many_variables_are_refused(make: SimpleNamespace) -> None:
    cast = make.surveys_design.cast()
    wave = make.surveys_design.complete_wave(cast)
    with make.surveys_design.by(cast.clerk):
        for n, by in ((5, ("age",)), (500, ("age", "district", "sex")), (500, ("education",))):
            with pytest.raises(BlockedError):
                sampling.choose_sample(wave, n=n, by=by)
        with pytest.raises(BlockedError):
            sampling.choose_sizes(wave, by=("sex",), sizes={"male": 0})
        plan = sampling.choose_sizes(wave, by=("sex",), sizes={"male": 3, "female": 4})
    assert (plan.n, plan.strata) == (7, {"male": 3, "female": 4})


def test_strata_of_a_commission_for_some_districts_are_those_districts_alone(make: SimpleNamespace) -> None:
    cast = make.surveys_design.cast()
    wave = make.surveys_design.complete_wave(cast)
    wave.commission.area_districts = ["WK035501", "WK035502"]
    db.session.flush()
    with make.surveys_design.by(cast.clerk):
        plan = sampling.choose_sample(wave, n=500, by=("district",))
    assert set(plan.strata) == {"WK035501", "WK035502"}


def test_preview_gives_what_the_draw_gives_and_goes_stale_with_the_choice(
    make: SimpleNamespace, run_jobs: Callable[[], int]
) -> None:
    cast = make.surveys_design.cast()
    wave = make.surveys_design.complete_wave(cast)
    people(make, {"16-29": 20, "40-54": 20, "75+": 20})
    with make.surveys_design.by(cast.clerk):
        sampling.choose_sample(wave, n=12, by=("age",))
        db.session.commit()
        run_jobs()
        job = sampling.newest_preview(wave)
        assert job is not None
        shown = job.result
        assert (shown["drawn"], shown["households"]) == (12, 60)
        make.surveys_design.sign(cast, wave)
        readiness.make_ready(wave)
        db.session.commit()
    drawn = wave_draws.draw_wave(
        opening.asking_of(wave),
        opening.seed_of(wave.frozen_hash or ""),
        from_document(wave.frozen_document or {}).sample,
    )
    assert drawn is not None
    assert drawn.document()["strata"] == shown["strata"]
    with make.surveys_design.by(cast.clerk):
        readiness.back_to_design(wave)
        sampling.choose_sample(wave, n=14, by=("age",))
        db.session.commit()
        newest = sampling.newest_preview(wave)
    assert newest is not None
    assert newest.public_id != job.public_id
    assert len(db.session.scalars(select(Job).where(Job.kind == sampling.PREVIEW_JOB)).all()) == 2


def test_two_workers_open_one_wave_once(app: Flask, make: SimpleNamespace) -> None:
    people(make, {"16-29": 6, "40-54": 6, "75+": 6})
    number = ready(make, BY_AGE).id
    db.session.remove()
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def work() -> None:
        with app.app_context():
            start.wait()
            try:
                opening.open_wave(db.session.get_one(Wave, number))
                db.session.commit()
                outcomes.append("opened")
            except TransitionError:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["opened", "refused", "refused", "refused"]
    wave = db.session.get_one(Wave, number)
    assert wave.status is WaveStatus.FIELDING
    assert sum(drawn_ages(wave).values()) == wave.invited_n == 6
    assert len(db.session.scalars(select(StoredFile)).all()) == 1
    assert verified(wave)["holds"] is True
