"""Three rounds of letters from an empty database: aimed by the planner, beside as many letters spread evenly.

Run: python -m benchmarks.recruitment. The register is the synthetic municipality; rounds, samples, letters and joining
go through the services of the product. Printed after each round: members, dissimilarity per variable, R-indicator and
the widest gap of a category, for both ways of sending, and their ratio.
"""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import select

from analysis.arrays import FloatArray, IntArray
from analysis.recruitment.allocation import allocate_proportionally
from analysis.representation.composition import dissimilarity
from analysis.representation.r_indicators import r_indicator
from analysis.representation.response_cells import Factor, group_responses
from analysis.representation.response_propensities import fit_propensities
from app import create_app
from core import clock, keystore
from core.config import Config
from core.crypto import Keys
from core.db import db
from panel.models import LetterPlan, RecruitmentRound
from panel.services import planning, recruitment
from panel.services.planning import PlanInput
from panel.services.planning_numbers import compute
from portal.demonstration.beginnings import begin
from portal.demonstration.population import draw_population
from portal.demonstration.recruiting import Recruiting
from portal.demonstration.sampling import Draw, age_class_then, sample_file, strata_of, stratum_names
from portal.demonstration.stage import Stage
from portal.demonstration.story.people import CLERK
from portal.demonstration.story.shapes import Calendar, RecruitmentStory
from portal.demonstration.story.whole import whole_story
from tests import database as databases

TARGET, STEP = 1500, 10
# the last round writes as many letters as the panel still needs
BUDGETS: tuple[int | None, ...] = (4_000, 4_000, None)
FIRST, BETWEEN = -400, 90
VARIABLES = ("sex", "age", "district", "education", "tenure")
MODEL = ("sex", "age", "district")


@dataclass(frozen=True)
class Outcome:
    """A panel after a round."""

    letters: int
    members: int
    dissimilarity: dict[str, float]
    r: float
    r_low: float
    r_high: float
    gaps: dict[str, float]

    @property
    def widest(self) -> tuple[str, float]:
        """The category that lies furthest from the municipality, in points."""
        return max(self.gaps.items(), key=lambda gap: abs(gap[1]))


class Round(Recruiting):
    """A round of which the draw is given; nobody signs up beside it."""

    def __init__(self, stage: Stage, story: RecruitmentStory) -> None:
        self.stage, self.story, self.round_id = stage, story, 0

    def take(self, draw: Draw) -> None:
        """The register drew these; who would join follows each resident's own willingness."""
        self.draw = draw
        chances = self.stage.population.join_propensity[draw.residents]
        self.joiners = np.flatnonzero(self.stage.rng.random(chances.size) < chances)

    def play(self) -> None:
        """Letters, joining, and the end of the round."""
        calendar, story = self.stage.calendar, self.story
        with self.stage.scene(calendar.at(story.created), CLERK):
            recruitment.import_sample(self.round, sample_file(self.stage.population, self.draw))
        self.send_letters()
        for part in range(3):
            self.join(part)
        self.close()
        self.stage.let_work(calendar.at(story.joined + 5))


def build(folder: Path) -> Flask:
    """The product on an empty database."""
    on_postgresql = os.environ.get("TEST_ENGINE") == "postgresql"
    database = databases.postgresql("recruitment_rounds") if on_postgresql else databases.sqlite(folder)
    config = Config(
        database_url=database.url,
        base_url="https://localhost",
        session_key="benchmark-session-key-of-32-characters",
        keys=Keys((Fernet.generate_key().decode(),), b"benchmark-index-key-of-32-characters"),
        keystore=folder / "keys",
        recovery_keystore=folder / "recovery",
        mail_url=f"folder:{folder}/mail",
        mail_from="Panel <panel@voorbeeld.example>",
        demonstration=True,
        testing=True,
    )
    app = create_app(config)
    databases.create(app, database)
    return app


def plan_round(stage: Stage, story: RecruitmentStory, budget: int | None) -> tuple[int, dict[str, int]]:
    """Make the round and let the planner say how many letters each stratum gets."""
    calendar = stage.calendar
    with stage.scene(calendar.at(story.created), CLERK):
        made = recruitment.create_round(
            name=story.name,
            letter_on=calendar.day(story.letter),
            respond_by=calendar.day(story.respond_by),
            sample_delete_on=calendar.day(story.letter + 80),
        )
        plan = compute_plan(made, TARGET, budget)
        if budget is None:
            members = sum(stratum.members for stratum in plan.strata)
            higher = iter(range(TARGET + STEP, TARGET + 50 * STEP, STEP))
            # the griffie aims higher until the plan itself says that the panel will be full, nine times in ten
            while members + (plan.low or 0) < TARGET:
                plan = compute_plan(made, next(higher), budget)
        letters = {stratum.stratum: stratum.letters or 0 for stratum in plan.strata}
        return made.id, letters


def compute_plan(made: RecruitmentRound, target: int, budget: int | None) -> LetterPlan:
    """Make the plan and compute it at once."""
    plan = planning.make_plan(made, PlanInput(target=target, budget=budget))
    compute(plan.id, plan.version)
    db.session.refresh(plan)
    return plan


def spread(stage: Stage, n_letters: int) -> dict[str, int]:
    """As many letters, over the strata as people live."""
    names, sizes = stratum_names(stage.population), stratum_sizes(stage)
    return dict(zip(names, allocate_proportionally(n_letters, sizes).tolist(), strict=True))


def stratum_sizes(stage: Stage) -> IntArray:
    """Residents of 16 and over per stratum."""
    strata = strata_of(stage.population, 0)
    return np.bincount(strata[strata >= 0], minlength=len(stratum_names(stage.population)))


def draw(stage: Stage, letters: dict[str, int], written: set[int], years_ago: int) -> Draw:
    """The register draws within each stratum, without who was written to before."""
    population, chosen, chances = stage.population, [], []
    strata = strata_of(population, years_ago)
    free = np.ones(population.n_residents, dtype=bool)
    free[list(written)] = False
    for number, name in enumerate(stratum_names(population)):
        here = np.flatnonzero(free & (strata == number))
        drawn = stage.rng.choice(here, min(letters.get(name, 0), here.size), replace=False)
        chosen.append(drawn)
        chances.append(np.full(drawn.size, drawn.size / max(here.size, 1)))
    residents, weight = np.concatenate(chosen), np.concatenate(chances)
    order = stage.rng.permutation(residents.size)
    written.update(residents.tolist())
    ages = age_class_then(population, years_ago)[residents[order]]
    return Draw(residents[order], ages, weight[order])


def judge(stage: Stage, letters: int) -> Outcome:
    """The panel beside the municipality, from everybody who joined."""
    population = stage.population
    grown = np.flatnonzero(population.is_eligible)
    member = np.isin(grown, list(stage.residents.values()))
    shares: dict[str, tuple[list[str], FloatArray, FloatArray]] = {}
    for variable in VARIABLES:
        values = population.categories(variable)[grown]
        names, codes = np.unique(values, return_inverse=True)
        town = np.bincount(codes, minlength=names.size) / grown.size
        panel = np.bincount(codes[member], minlength=names.size) / member.sum()
        shares[variable] = (names.tolist(), panel, town)
    factors, codes = model(stage, grown)
    found = r_indicator(fit_propensities(group_responses(codes, member.astype(np.int64), factors)))
    gaps = {
        f"{variable} {name}": 100 * (float(panel[k]) - float(town[k]))
        for variable, (names, panel, town) in shares.items()
        for k, name in enumerate(names)
    }
    unlike = {variable: dissimilarity(panel, town) for variable, (_n, panel, town) in shares.items()}
    return Outcome(letters, int(member.sum()), unlike, found.r, found.low, found.high, gaps)


def model(stage: Stage, residents: IntArray) -> tuple[list[Factor], IntArray]:
    """What the R-indicator looks at, and the codes of the residents."""
    factors, columns = [], []
    for variable in MODEL:
        names, codes = np.unique(stage.population.categories(variable)[residents], return_inverse=True)
        factors.append(Factor(variable, tuple(names.tolist())))
        columns.append(codes.astype(np.int64))
    return factors, np.stack(columns, axis=1)


def begin_stage(seed: int) -> Stage:
    """An empty panel with rules and figures."""
    calendar = Calendar(clock.today())
    stage = Stage(calendar, whole_story(calendar), draw_population(seed), np.random.default_rng([seed, 2]))
    begin(stage)
    return stage


def rounds(seed: int, totals: Sequence[int] | None = None, budgets: Sequence[int | None] = BUDGETS) -> list[Outcome]:
    """Play the rounds; with `totals` as many letters as those, spread evenly, in place of the plan."""
    stage, written, outcomes = begin_stage(seed), set[int](), []
    for number, budget in enumerate(budgets):
        start = FIRST + number * BETWEEN
        story = RecruitmentStory(
            name=f"Ronde {number + 1}",
            created=start,
            letter=start + 7,
            respond_by=start + 42,
            joined=start + 45,
        )
        played = Round(stage, story)
        played.round_id, letters = plan_round(stage, story, budget)
        if totals is not None:
            letters = spread(stage, totals[number])
        years_ago = stage.birth_reference - stage.calendar.day(story.letter).year
        played.take(draw(stage, letters, written, years_ago))
        played.play()
        outcomes.append(judge(stage, int(played.draw.residents.size)))
    assert db.session.scalar(select(db.func.count(RecruitmentRound.id))) == len(budgets)
    return outcomes


def run(seed: int, totals: Sequence[int] | None = None, budgets: Sequence[int | None] = BUDGETS) -> list[Outcome]:
    """Play the rounds on a database of their own."""
    with tempfile.TemporaryDirectory() as name:
        app = build(Path(name))
        with app.app_context():
            keystore.configure(Path(name) / "keys", Path(name) / "recovery")
            outcomes = rounds(seed, totals, budgets)
            db.session.remove()
            db.engine.dispose()
        return outcomes


def lines(planned: Sequence[Outcome], even: Sequence[Outcome]) -> list[str]:
    """The table of both, round by round, with the ratio of the dissimilarities."""
    told = []
    for number, (ours, theirs) in enumerate(zip(planned, even, strict=True), 1):
        told.append(f"round {number}: {ours.letters} letters planned, {theirs.letters} spread evenly")
        for name, outcome in (("planned", ours), ("evenly", theirs)):
            unlike = ", ".join(f"{v} {100 * d:.1f}" for v, d in outcome.dissimilarity.items())
            category, gap = outcome.widest
            told.append(
                f"  {name:8} {outcome.members:5} members; dissimilarity (%): {unlike}; "
                f"R {outcome.r:.3f} ({outcome.r_low:.3f}-{outcome.r_high:.3f}); widest gap {category} {gap:+.1f} points"
            )
        ratio = {v: ours.dissimilarity[v] / theirs.dissimilarity[v] for v in VARIABLES}
        told.append("  ratio    " + ", ".join(f"{v} {value:.2f}" for v, value in ratio.items()))
    return told


def main(seed: int = 2021) -> None:
    """Play both and print."""
    planned = run(seed)
    even = run(seed, [outcome.letters for outcome in planned])
    print("\n".join(lines(planned, even)))
    print("every category, points above or below the municipality, after the last round:")
    for name, gap in planned[-1].gaps.items():
        print(f"  {name:40} planned {gap:+5.1f}   evenly {even[-1].gaps[name]:+5.1f}")


if __name__ == "__main__":
    main()
