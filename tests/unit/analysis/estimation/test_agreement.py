import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.errors import EstimationError, InputError
from analysis.estimation.agreement import Kappa, cohen_kappa, survey_kappa
from analysis.estimation.design import unweighted_design, weighted_design

N = 60


def _pairs_of(table: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    counts = np.array(table)
    i, j = np.indices(counts.shape)
    return np.repeat(i.ravel(), counts.ravel()), np.repeat(j.ravel(), counts.ravel())


def _sample(seed: int, k: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    first = random.integers(0, k, N)
    second = np.where(random.random(N) < 0.6, first, random.integers(0, k, N))
    return first, second, random.uniform(0.5, 3.0, N)


def test_kappa_is_agreement_beyond_chance():
    found = cohen_kappa(*_pairs_of([[20, 5], [10, 15]]), 2)
    assert found.agreement == pytest.approx(0.7)
    assert found.expected == pytest.approx(0.5)
    assert found.estimate == pytest.approx(0.4)
    assert found.base == 50
    np.testing.assert_allclose(found.table, [[0.4, 0.1], [0.2, 0.3]])


COHEN_1968 = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]


@pytest.mark.parametrize(("disagreement", "printed"), [(None, 0.492), ([[0, 1, 3], [1, 0, 6], [3, 6, 0]], 0.348)])
def test_kappa_and_weighted_kappa_are_those_that_cohen_printed_in_1968(disagreement, printed):
    credit = "nominal" if disagreement is None else 1 - np.array(disagreement) / 6
    found = cohen_kappa(*_pairs_of(COHEN_1968), 3, credit=credit)
    assert round(found.estimate, 3) == printed


def _fleiss_cohen_everitt(table: list[list[int]], credit: np.ndarray) -> float:
    """The variance as printed in 1969, with its sums over cells."""
    p = np.array(table) / np.sum(table)
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    po, pe = np.sum(p * credit), rows @ credit @ columns
    across, down = credit @ columns, rows @ credit
    total = 0.0
    for i, j in np.ndindex(p.shape):
        total += p[i, j] * (credit[i, j] * (1 - pe) - (across[i] + down[j]) * (1 - po)) ** 2
    return float((total - (po * pe - 2 * pe + po) ** 2) / (np.sum(table) * (1 - pe) ** 4))


@pytest.mark.parametrize(("credit", "power"), [("linear", 1), ("quadratic", 2), ("nominal", 0)])
def test_standard_error_of_two_coders_is_that_of_fleiss_cohen_and_everitt(credit, power):
    table = [[53, 5, 2], [11, 14, 5], [1, 6, 3]]
    apart = np.abs(np.arange(3)[:, None] - np.arange(3)) / 2
    matrix = (apart == 0).astype(float) if power == 0 else 1 - apart**power
    found = cohen_kappa(*_pairs_of(table), 3, credit=credit)
    assert found.standard_error**2 == pytest.approx(_fleiss_cohen_everitt(table, matrix), rel=1e-10)
    assert cohen_kappa(*_pairs_of(table), 3, credit=matrix).estimate == pytest.approx(found.estimate)


@given(st.integers(0, 10_000), st.permutations(range(4)))
def test_new_names_for_categories_change_nothing(seed, order):
    first, second, w = _sample(seed)
    design = weighted_design(w, clusters=np.arange(N) // 3)
    renamed = np.array(order)
    before = survey_kappa(design, first, second, 4)
    after = survey_kappa(design, renamed[first], renamed[second], 4)
    assert after.estimate == pytest.approx(before.estimate, rel=1e-12)
    assert after.standard_error == pytest.approx(before.standard_error, rel=1e-10)


@given(st.integers(0, 10_000), st.sampled_from(["nominal", "linear", "quadratic"]))
def test_order_of_the_coders_changes_nothing(seed, credit):
    first, second, _ = _sample(seed)
    one, two = (cohen_kappa(a, b, 4, credit=credit) for a, b in ((first, second), (second, first)))
    assert one.estimate == pytest.approx(two.estimate, rel=1e-12)
    assert one.standard_error == pytest.approx(two.standard_error, rel=1e-10)


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_quadratic_kappa_is_the_intraclass_like_correlation_of_scores(seed):
    first, second, _ = _sample(seed)
    product = np.cov(first, second, ddof=0)
    expected = 2 * product[0, 1] / (product.trace() + (first.mean() - second.mean()) ** 2)
    assert cohen_kappa(first, second, 4, credit="quadratic").estimate == pytest.approx(expected, rel=1e-10)


def test_influence_is_what_a_little_more_weight_does():
    first, second, w = _sample(1)
    design = weighted_design(w, clusters=np.arange(N) // 3)
    moved = []
    for row in range(N):
        change = np.zeros(N)
        change[row] = 1e-5
        up, down = (survey_kappa(weighted_design(w + s * change), first, second, 4, credit="linear") for s in (1, -1))
        moved.append((up.estimate - down.estimate) / 2e-5)
    found = survey_kappa(design, first, second, 4, credit="linear")
    assert found.standard_error == pytest.approx(np.sqrt(design.variance(np.array(moved)[:, None])[0]), rel=1e-6)
    assert found.degrees_of_freedom == N / 3 - 1


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_linearization_agrees_with_leaving_one_out(seed):
    first, second, w = _sample(seed)
    found = survey_kappa(weighted_design(w), first, second, 4)
    assume(found.estimate < 0.9)
    left_out = [cohen_like(np.delete(first, r), np.delete(second, r), np.delete(w, r)) for r in range(N)]
    assert found.standard_error == pytest.approx(np.sqrt(np.var(left_out) * (N - 1)), rel=0.1)


def cohen_like(first: np.ndarray, second: np.ndarray, w: np.ndarray) -> float:
    p = np.zeros((4, 4))
    np.add.at(p, (first, second), w / w.sum())
    chance = p.sum(axis=1) @ p.sum(axis=0)
    return float((np.trace(p) - chance) / (1 - chance))


def test_equal_weights_give_the_kappa_of_two_coders():
    first, second, _ = _sample(2)
    coders, survey = cohen_kappa(first, second, 4), survey_kappa(unweighted_design(N), first, second, 4)
    assert survey.estimate == pytest.approx(coders.estimate)
    assert survey.standard_error**2 * (N - 1) / N == pytest.approx(coders.standard_error**2)


def test_missing_pairs_stay_in_the_variance_with_nothing():
    first, second, w = _sample(3)
    first[:5], second[5:9] = -1, -1
    design = weighted_design(w)
    found = survey_kappa(design, first, second, 4)
    without = survey_kappa(weighted_design(w[9:]), first[9:], second[9:], 4)
    assert found.estimate == pytest.approx(without.estimate)
    assert (found.base, found.degrees_of_freedom) == (N - 9, N - 10)
    # 60 rows, 9 of them zero, instead of 51: only the factor n / (n - 1) differs
    ratio = (N / (N - 1)) / ((N - 9) / (N - 10))
    assert found.standard_error**2 == pytest.approx(without.standard_error**2 * ratio)


def test_interval_of_coders_is_normal_and_of_a_sample_student():
    kappa = Kappa(0.5, 0.1, 0.0, 0.0, np.zeros((2, 2)), 10, np.inf)
    np.testing.assert_allclose(kappa.interval(), (0.5 - 0.1959964, 0.5 + 0.1959964), rtol=1e-6)
    few = Kappa(0.5, 0.1, 0.0, 0.0, np.zeros((2, 2)), 10, 4.0)
    np.testing.assert_allclose(few.interval(), (0.5 - 0.2776445, 0.5 + 0.2776445), rtol=1e-6)
    with pytest.raises(InputError):
        kappa.interval(95)


def test_full_agreement_on_more_than_one_category_is_1():
    found = cohen_kappa([0, 1, 2, 1], [0, 1, 2, 1], 3)
    assert (found.estimate, found.standard_error) == (1.0, 0.0)


@pytest.mark.parametrize("n_categories", [1, 3])
def test_one_and_the_same_category_for_all_leaves_kappa_undefined(n_categories):
    with pytest.raises(EstimationError) as caught:
        cohen_kappa([0, 0, 0], [0, 0, 0], n_categories)
    assert caught.value.code == "kappa_undefined"


@pytest.mark.parametrize(
    ("first", "second", "credit", "code"),
    [
        ([0, 2], [0, 1], "nominal", "code_out_of_range"),
        ([0, 1], [0, -2], "nominal", "code_out_of_range"),
        ([0, 1], [0], "nominal", "wrong_length"),
        ([-1, 1], [0, -1], "nominal", "no_rows"),
        ([0.5, 1], [0, 1], "nominal", "not_integer"),
        ([0, 1], [0, 1], "cubic", "invalid_value"),
        ([0, 1], [0, 1], [[1, 2], [0, 1]], "invalid_value"),
        ([0, 1], [0, 1], [[1, 0], [0, 0.5]], "invalid_value"),
        ([0, 1], [0, 1], [[1.0]], "invalid_value"),
    ],
)
def test_codes_and_credits_that_do_not_fit_are_refused(first, second, credit, code):
    with pytest.raises(InputError) as caught:
        cohen_kappa(first, second, 2, credit=credit)
    assert caught.value.code == code


def test_pairs_that_are_not_those_of_the_design_are_refused():
    with pytest.raises(InputError):
        survey_kappa(unweighted_design(3), [0, 1], [0, 1], 2)


def test_pairs_without_weight_are_refused():
    with pytest.raises(InputError):
        survey_kappa(weighted_design([0.0, 0.0, 1.0]), [0, 1, -1], [0, 1, 1], 2)
