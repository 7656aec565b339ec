"""The invented Zeist reproduces the published figures, hangs together, and has opinions with a known truth."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from portal.demonstration import names
from portal.demonstration.checks import check_population
from portal.demonstration.households import CHILD, NO_HOUSEHOLD
from portal.demonstration.open_answers import open_answers
from portal.demonstration.opinions import NoChancesError, answers_for, opinion_probabilities, refusals, true_answers
from portal.demonstration.population import SyntheticPopulation, draw_population
from portal.demonstration.questions import QUESTIONS, OpinionKind
from portal.demonstration.truth import true_figures

SEEDS = (2025, 7)
MARGINS = Path(__file__).resolve().parents[3] / "data" / "margins_16plus.csv"
Margins = dict[str, dict[str, int]]


@pytest.fixture(scope="module", params=SEEDS)
def population(request: pytest.FixtureRequest) -> SyntheticPopulation:
    return draw_population(request.param)


@pytest.fixture(scope="module")
def margins() -> Margins:
    result: Margins = {}
    with MARGINS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["gm_code"] == "GM0355":
                result.setdefault(row["variable"], {})[row["category"]] = int(row["count"])
    return result


@cache
def fifth() -> SyntheticPopulation:
    return draw_population(5)


def raked(population: SyntheticPopulation, margins: Margins, start: np.ndarray) -> np.ndarray:
    weights = np.where(population.is_eligible, start, 0.0)
    coded = []
    for variable in ("sex", "age", "district", "education"):
        known, codes = np.unique(population.categories(variable), return_inverse=True)
        coded.append((codes, np.array([margins[variable].get(category, 0) for category in known])))
    for _ in range(30):
        for codes, counts in coded:
            weights *= (counts / np.maximum(np.bincount(codes, weights), 1e-9))[codes]
    return weights


def share_of(population: SyntheticPopulation, key: str, option: int, weights: np.ndarray | None = None) -> float:
    return true_figures(population, key, weights)[option].value


def test_every_published_figure_is_reproduced_within_its_rounding(population: SyntheticPopulation) -> None:
    checks = check_population(population)
    assert len(checks) > 80
    assert [check for check in checks if not check.ok] == []


def test_inhabitants_and_households_are_exact(population: SyntheticPopulation) -> None:
    assert population.n_residents == 66_671
    assert np.bincount(population.household_type).tolist() == [12_818, 8_157, 9_675]


@pytest.mark.heavy
def test_a_wrong_population_is_caught() -> None:
    population = draw_population(3)
    population.age[:100] = 90
    assert any(not check.ok for check in check_population(population))


@pytest.mark.parametrize("variable", ["sex", "age", "district", "education", "sex_age"])
def test_residents_of_16_and_over_agree_with_the_margins(
    population: SyntheticPopulation, margins: Margins, variable: str
) -> None:
    categories = population.categories(variable)[population.is_eligible]
    for category, count in margins[variable].items():
        assert abs(int((categories == category).sum()) - count) <= 40, category
    assert set(np.unique(categories)) == set(margins[variable])


@pytest.mark.heavy
def test_the_same_seed_gives_the_same_residents_and_another_seed_others() -> None:
    first, again, other = draw_population(11), draw_population(11), draw_population(12)
    assert np.array_equal(first.trust, again.trust)
    assert np.array_equal(first.household, again.household)
    assert first.person(40_000) == again.person(40_000)
    assert not np.array_equal(first.trust, other.trust)


def test_households_have_the_members_their_type_says(population: SyntheticPopulation) -> None:
    housed = population.household != NO_HOUSEHOLD
    sizes = np.bincount(population.household[housed])
    children = np.bincount(population.household[housed & (population.position == CHILD)], minlength=sizes.size)
    assert set(sizes[population.household_type == 0]) == {1}
    assert set(sizes[population.household_type == 1]) == {2}
    assert children[population.household_type == 2].min() == 1
    assert children[population.household_type != 2].max() == 0


def test_members_of_a_household_live_in_one_district_with_one_tenure(population: SyntheticPopulation) -> None:
    housed = np.flatnonzero(population.household != NO_HOUSEHOLD)
    assert np.array_equal(population.district[housed], population.household_district[population.household[housed]])
    pairs = np.unique(np.stack([population.household[housed], population.tenure[housed]]), axis=1)
    assert pairs.shape[1] == population.household_type.size


def test_parents_are_old_enough_for_their_children(population: SyntheticPopulation) -> None:
    grown = population.position != CHILD
    eldest = np.zeros(population.household_type.size, dtype=np.int64)
    housed = grown & (population.household != NO_HOUSEHOLD)
    np.maximum.at(eldest, population.household[housed], population.age[housed])
    children = np.flatnonzero(population.position == CHILD)
    assert (eldest[population.household[children]] - population.age[children]).min() >= 16


def test_two_households_never_share_an_address(population: SyntheticPopulation) -> None:
    housed = np.flatnonzero(population.household != NO_HOUSEHOLD)
    _, first = np.unique(population.household[housed], return_index=True)
    heads = housed[first]
    addresses = [names.address(int(population.district[i]), int(population.dwelling[i])) for i in heads]
    assert len({(postcode, number) for _street, number, postcode in addresses}) == heads.size


def test_particulars_lead_to_no_real_person(population: SyntheticPopulation) -> None:
    person = population.person(int(np.flatnonzero(population.has_email)[0]))
    assert person.email is not None
    assert person.email.endswith("@voorbeeld.example")
    assert person.postcode[-1] in names.NEVER_ISSUED


def test_young_tenants_lower_educated_and_distrustful_join_less(population: SyntheticPopulation) -> None:
    grown, join = population.is_eligible, population.join_propensity
    assert join[grown].mean() == pytest.approx(0.14, abs=1e-6)
    assert join[~grown].max() == 0
    for variable, fewer, more in (
        ("age", "16-29", "65-74"),
        ("education", "low", "high"),
        ("tenure", "tenant", "owner"),
    ):
        categories = population.categories(variable)
        assert join[grown & (categories == fewer)].mean() < 0.6 * join[grown & (categories == more)].mean()
    assert np.average(population.trust, weights=join) > population.trust[grown].mean() + 0.05


def test_owners_are_elder_and_higher_educated(population: SyntheticPopulation) -> None:
    grown, owner = population.age >= 25, population.categories("tenure") == "owner"
    assert owner[grown & (population.education == 2)].mean() > owner[grown & (population.education == 0)].mean() + 0.1
    assert population.age[grown & owner].mean() > population.age[grown & (population.age < 75) & ~owner].mean()


@pytest.mark.heavy
@pytest.mark.parametrize("key", [key for key, question in QUESTIONS.items() if question.kind is not OpinionKind.BUDGET])
def test_every_resident_has_an_answer_within_the_question(key: str) -> None:
    question, answers = QUESTIONS[key], true_answers(fifth(), key)
    limits = {
        OpinionKind.SINGLE: (0, len(question.options) - 1, ()),
        OpinionKind.SCORE: (0, 10, ()),
        OpinionKind.NUMBER: (0, 40, ()),
        OpinionKind.SEVERAL: (0, 1, (len(question.options),)),
        OpinionKind.MATRIX: (0, len(question.options) - 1, (len(question.items),)),
        OpinionKind.RANKING: (1, len(question.options), (len(question.options),)),
    }
    lowest, highest, columns = limits[question.kind]
    assert answers.shape == (66_671, *columns)
    assert lowest <= answers.min() < answers.max() <= highest


def test_budgets_are_whole_and_rankings_use_each_place_once() -> None:
    population = fifth()
    budgets = true_answers(population, "spending")
    assert set(budgets.sum(axis=1)) == {100}
    assert budgets.min() == 0
    assert set(true_answers(population, "plan_ranking").sum(axis=1)) == {10}


def test_answers_are_drawn_with_their_chances(population: SyntheticPopulation) -> None:
    chances = opinion_probabilities(population, "speed_limit")
    answers = answers_for(population, "speed_limit", np.random.default_rng(1))
    assert np.allclose(chances.sum(axis=1), 1)
    assert (answers == 1).mean() == pytest.approx(chances[:, 1].mean(), abs=0.01)
    with pytest.raises(NoChancesError):
        opinion_probabilities(population, "spending")


def test_unweighted_speed_limit_is_wrong_and_weighting_repairs_it(
    population: SyntheticPopulation, margins: Margins
) -> None:
    responding = population.join_propensity * population.answer_propensity
    truth = share_of(population, "speed_limit", 1)
    unweighted = share_of(population, "speed_limit", 1, responding)
    weighted = share_of(population, "speed_limit", 1, raked(population, margins, responding))
    assert abs(unweighted - truth) > 0.08
    assert abs(weighted - truth) < 0.02


def test_weighting_does_not_repair_the_question_on_trust(population: SyntheticPopulation, margins: Margins) -> None:
    responding = population.join_propensity * population.answer_propensity
    assert share_of(population, "trust", 3) + share_of(population, "trust", 4) == pytest.approx(0.27, abs=0.005)
    weights = raked(population, margins, responding)
    much = share_of(population, "trust", 3, weights) + share_of(population, "trust", 4, weights)
    assert much - 0.27 > 0.08


def test_few_residents_refuse_a_question(population: SyntheticPopulation) -> None:
    outcome = refusals(population, "trust", np.random.default_rng(1))
    assert (outcome == 0).mean() == pytest.approx(0.96, abs=0.005)
    assert set(np.unique(outcome)) == {-2, -1, 0}


def test_open_answers_follow_satisfaction_and_many_write_nothing() -> None:
    levels = np.repeat([0, 4], 500)
    texts = open_answers(levels, np.random.default_rng(1))
    assert not set(texts[:500]) & set(texts[500:]) - {""}
    assert 400 < texts.count("") < 700
