"""The letter plan of a round: what the griffie puts in is stored here, the worker computes the letters."""

from dataclasses import dataclass

from core import clock, jobs, settings
from core.db import db
from core.dialect import lock
from core.errors import BlockedError, Blocker, NotFoundError
from core.models import Job
from core.permissions import require
from panel.models import LetterPlan, PlannedStratum, RecruitmentRound, RoundStatus
from panel.queries.planning import (
    LetterYield,
    StratumPopulation,
    earlier_rounds,
    letter_yields,
    members_by_stratum,
    out_of_reach,
    plan_of,
    stratum_population,
)
from panel.services.recruitment_record import record

JOB = "panel.plan_letters"
# Dutch panels that published their yield: De Bilt at most 13 %, Zeist 14 %, over all letters
PUBLISHED_YIELD = 0.13
# nothing is published about second letters: a third of the first until a round tells
SECOND_YIELD = 0.04
LEVEL = 0.80


@dataclass(frozen=True)
class PlanInput:
    """What the griffie decides about a plan; a budget in letters or in money, or none."""

    target: int
    budget: int | None = None
    budget_euros: int | None = None
    cents_per_letter: int | None = None
    second_letter: bool = False
    prior_yield: float = PUBLISHED_YIELD
    prior_second_yield: float = SECOND_YIELD
    level: float = LEVEL

    @property
    def letters(self) -> int | None:
        """The most letters that the budget allows, second ones included."""
        bounds = [self.budget] if self.budget is not None else []
        if self.budget_euros is not None and self.cents_per_letter:
            bounds.append(self.budget_euros * 100 // self.cents_per_letter)
        return min(bounds) if bounds else None


def default_input() -> PlanInput:
    """What a plan starts with: the target of the settings, all that is missing, published yields."""
    return PlanInput(target=settings.municipal().panel_target)


def input_of(plan: LetterPlan) -> PlanInput:
    """What a stored plan started from."""
    return PlanInput(
        target=plan.target,
        budget=plan.budget,
        cents_per_letter=plan.cents_per_letter,
        second_letter=plan.second_letter,
        prior_yield=plan.prior_yield,
        prior_second_yield=plan.prior_second_yield,
        level=plan.level,
    )


def make_plan(recruitment_round: RecruitmentRound, given: PlanInput) -> LetterPlan:
    """Store a plan with everything it starts from, in place of an earlier one, and let the worker compute it."""
    require("panel.recruit", recruitment_round)
    lock(db.session, recruitment_round)
    # a round keeps the figures it started with: its strata are those of its request and its sample
    population = stratum_population(recruitment_round.created_at)
    found = _blockers(recruitment_round, given, population)
    if found or population is None:
        raise BlockedError(found)
    plan = plan_of(recruitment_round)
    if plan is None:
        plan = LetterPlan(round_id=recruitment_round.id, version=0, computed_at=None)
        db.session.add(plan)
    plan.target, plan.budget, plan.cents_per_letter = given.target, given.letters, given.cents_per_letter
    plan.second_letter, plan.level = given.second_letter, given.level
    plan.prior_yield, plan.prior_second_yield = given.prior_yield, given.prior_second_yield
    plan.figures_source, plan.figures_on, plan.made_at = population.source, population.reference, clock.now()
    plan.strata.clear()
    db.session.flush()
    plan.strata.extend(_strata(recruitment_round, given.target, population.counts))
    _compute(plan)
    record("round.plan", recruitment_round, version=plan.version, **vars(given))
    return plan


def _blockers(
    recruitment_round: RecruitmentRound, given: PlanInput, population: StratumPopulation | None
) -> list[Blocker]:
    found = []
    if recruitment_round.status is not RoundStatus.DRAFT:
        found.append(Blocker("plan-is-fixed", "De brieven zijn al verstuurd. Maak een plan bij een nieuwe ronde."))
    if population is None:
        text = "Er zijn nog geen bevolkingscijfers. Laad die eerst."
        found.append(Blocker("no-figures", text, "panel_clerk.population"))
    if given.budget_euros is not None and not given.cents_per_letter:
        text = "Vul ook in wat één brief kost."
        found.append(Blocker("cost-missing", text, anchor="cents_per_letter"))
    return found


def _strata(recruitment_round: RecruitmentRound, target: int, population: dict[str, int]) -> list[PlannedStratum]:
    members, unreachable = members_by_stratum(), out_of_reach()
    yields, total = letter_yields(earlier_rounds(recruitment_round)), sum(population.values())
    return [
        PlannedStratum(
            position=position,
            stratum=stratum,
            population=persons,
            members=members.get(stratum, 0),
            missing=target * persons / total - members.get(stratum, 0),
            available=max(0, persons - members.get(stratum, 0) - unreachable.get(stratum, 0)),
            **vars(yields.get(stratum, LetterYield())),
        )
        for position, (stratum, persons) in enumerate(population.items())
    ]


def choose_letters(recruitment_round: RecruitmentRound, letters: dict[str, int]) -> LetterPlan:
    """Take other numbers of letters than the plan proposes; the worker computes what to expect of them."""
    require("panel.recruit", recruitment_round)
    lock(db.session, recruitment_round)
    plan = plan_of(recruitment_round)
    if plan is None:
        raise NotFoundError("no-plan")
    found = [
        Blocker("letters", f"Kies een aantal van 0 tot en met {s.available}.", anchor=f"letters-{s.position}")
        for s in plan.strata
        if not 0 <= letters.get(s.stratum, s.letters or 0) <= s.available
    ]
    if recruitment_round.status is not RoundStatus.DRAFT:
        found.append(Blocker("plan-is-fixed", "De brieven zijn al verstuurd. Maak een plan bij een nieuwe ronde."))
    if found:
        raise BlockedError(found)
    for stratum in plan.strata:
        stratum.chosen = letters.get(stratum.stratum, stratum.letters)
    _compute(plan)
    record("round.choose_letters", recruitment_round, version=plan.version, letters=letters)
    return plan


def _compute(plan: LetterPlan) -> Job:
    plan.version += 1
    plan.computed_at = None
    db.session.flush()
    return jobs.enqueue(JOB, {"plan_id": plan.id, "version": plan.version}, key=f"plan:{plan.public_id}:{plan.version}")
