import hashlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.recruitment.draws import ALGORITHM, DrawMethod, draw_sample, one_of_each_household, verify_draw
from analysis.recruitment.frames import sampling_frame

N_SEEDS = 2000


def ids(n):
    return [f"p{number}" for number in range(n)]


def shares_over_seeds(frame, sizes, **options):
    """How often every row is drawn, and the mean of 1 / inclusion probability over the drawn."""
    drawn, weights = np.zeros(frame.n), 0.0
    for seed in range(N_SEEDS):
        found = draw_sample(frame, sizes, str(seed), **options)
        drawn[found.chosen] += 1
        weights += (1 / found.inclusion_probability[found.chosen]).sum()
    return drawn / N_SEEDS, weights / N_SEEDS, found.inclusion_probability


@st.composite
def frames_with_sizes(draw):
    strata = np.array(draw(st.lists(st.integers(0, 3), min_size=1, max_size=40)))
    sizes = [draw(st.integers(0, int(np.count_nonzero(strata == h)))) for h in range(4)]
    order = draw(st.lists(st.integers(0, 3), min_size=strata.size, max_size=strata.size))
    return sampling_frame(ids(strata.size), strata=strata, n_strata=4, order=order), sizes


@given(frames_with_sizes(), st.text(min_size=1), st.sampled_from(list(DrawMethod)))
@settings(max_examples=100, deadline=None)
def test_sizes_are_met_exactly_and_nobody_is_drawn_twice(given_frame, seed, method):
    frame, sizes = given_frame
    found = draw_sample(frame, sizes, seed, method=method)
    assert np.bincount(frame.strata[found.chosen], minlength=4).tolist() == sizes
    assert np.unique(found.chosen).size == sum(sizes)
    assert found.inclusion_probability.sum() == pytest.approx(sum(sizes))
    assert verify_draw(frame, found.record).holds


@given(frames_with_sizes(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_order_of_the_rows_does_not_matter(given_frame, random):
    frame, sizes = given_frame
    rows = list(range(frame.n))
    random.shuffle(rows)
    shuffled = sampling_frame(
        [frame.ids[row] for row in rows], strata=frame.strata[rows], n_strata=4, order=frame.order[rows]
    )
    for method in DrawMethod:
        one, two = (draw_sample(each, sizes, "seed", method=method) for each in (frame, shuffled))
        assert [frame.ids[row] for row in one.chosen] == [shuffled.ids[row] for row in two.chosen]
        assert one.record == two.record


def test_draw_can_be_repeated_with_nothing_but_sha256():
    framed = "".join(f"{len(part)}:{part}" for part in (ALGORITHM, "person", "lottery 4711"))
    expected = sorted(ids(30), key=lambda name: hashlib.sha256(f"{framed}{len(name)}:{name}".encode()).hexdigest())
    found = draw_sample(sampling_frame(ids(30)), 5, "lottery 4711")
    assert [f"p{row}" for row in found.chosen] == expected[:5]


def test_draw_is_the_same_in_every_version():
    found = draw_sample(sampling_frame(ids(20), order=np.arange(20) % 4), 5, "2026", method=DrawMethod.SYSTEMATIC)
    assert found.chosen.tolist() == [4, 17, 6, 10, 15]
    assert found.record.frame_digest[:16] == "02360c689a5ff2d1"
    assert found.record.outcome_digest[:16] == "0331f761a9ddba6e"


def test_longer_draw_begins_with_the_shorter():
    frame = sampling_frame(ids(50))
    short, long = (draw_sample(frame, n, "seed").chosen.tolist() for n in (10, 25))
    assert long[:10] == short


@pytest.mark.heavy
@pytest.mark.parametrize("method", list(DrawMethod))
def test_everybody_in_a_stratum_has_the_same_chance(method):
    frame = sampling_frame(ids(7), strata=[0, 0, 0, 0, 1, 1, 1], order=[3, 1, 2, 0, 1, 0, 2])
    drawn, weights, probability = shares_over_seeds(frame, [3, 1], method=method)
    np.testing.assert_allclose(probability, [0.75] * 4 + [1 / 3] * 3)
    np.testing.assert_allclose(drawn, probability, atol=4 * 0.5 / np.sqrt(N_SEEDS))
    assert weights == pytest.approx(7)


@pytest.mark.heavy
def test_chance_in_a_household_is_shared():
    frame = sampling_frame(ids(6), households=[1, 1, 1, 2, 2, 3])
    drawn, weights, probability = shares_over_seeds(frame, 2, one_per_household=True)
    np.testing.assert_allclose(probability, [2 / 9] * 3 + [1 / 3] * 2 + [2 / 3])
    np.testing.assert_allclose(drawn, probability, atol=4 * 0.5 / np.sqrt(N_SEEDS))
    assert weights == pytest.approx(6, rel=0.03)


def test_who_is_left_of_each_household_is_whom_the_draw_draws_among():
    frame = sampling_frame(ids(9), households=[1, 1, 1, 2, 2, 3, 4, 4, 4])
    for seed in ("a", "b", "c"):
        left = one_of_each_household(frame, seed)
        everybody = draw_sample(frame, 4, seed, one_per_household=True)
        assert np.flatnonzero(left).tolist() == sorted(everybody.chosen.tolist())
    with pytest.raises(InputError) as refused:
        one_of_each_household(sampling_frame(["a"]), "seed")
    assert refused.value.code == "invalid_value"


@pytest.mark.heavy
def test_weights_stay_unbiased_when_households_cross_strata():
    frame = sampling_frame(ids(8), strata=[0, 1, 0, 0, 1, 1, 0, 1], households=[1, 1, 2, 3, 3, 4, 5, 6])
    drawn, weights, _ = shares_over_seeds(frame, [1, 1], one_per_household=True)
    assert weights == pytest.approx(8, rel=0.03)
    assert drawn.sum() == pytest.approx(2)


@given(st.lists(st.integers(0, 8), min_size=9, max_size=40), st.text(min_size=1))
@settings(max_examples=60, deadline=None)
def test_no_household_is_drawn_twice(households, seed):
    frame = sampling_frame(ids(len(households)), households=households)
    n = len(set(households))
    found = draw_sample(frame, n, seed, one_per_household=True)
    assert sorted({households[row] for row in found.chosen}) == sorted(set(households))
    assert verify_draw(frame, found.record).holds


def test_systematic_draw_spreads_over_the_implicit_order():
    neighbourhood = np.repeat(np.arange(10), 20)
    frame = sampling_frame(ids(200), order=neighbourhood)
    for seed in ("a", "b", "c"):
        found = draw_sample(frame, 30, seed, method=DrawMethod.SYSTEMATIC)
        assert np.bincount(neighbourhood[found.chosen]).tolist() == [3] * 10


@given(st.integers(1, 60), st.data())
@settings(max_examples=60, deadline=None)
def test_systematic_draw_is_never_more_than_one_off_per_class(n, data):
    classes = np.array(data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)))
    wanted = data.draw(st.integers(0, n))
    found = draw_sample(sampling_frame(ids(n), order=classes), wanted, "seed", method=DrawMethod.SYSTEMATIC)
    counts = np.bincount(classes[found.chosen], minlength=5)
    assert (np.abs(counts - np.bincount(classes, minlength=5) * wanted / n) < 1 + 1e-9).all()


CHANGES = {
    "algorithm": "sha256-draw/2",
    "method": "systematic",
    "seed": "other",
    "sizes": (3, 2),
    "one_per_household": True,
    "frame_digest": "0" * 64,
    "outcome_digest": "0" * 64,
}


@pytest.mark.parametrize("field", sorted(CHANGES))
def test_verification_fails_on_any_change_of_the_record(field):
    frame = sampling_frame(ids(6), strata=[0, 0, 0, 1, 1, 1], households=[1, 1, 2, 2, 3, 4])
    record = draw_sample(frame, [3, 3], "seed").record
    assert verify_draw(frame, record).holds
    assert not verify_draw(frame, replace(record, **{field: CHANGES[field]})).holds


@pytest.mark.parametrize(
    "changed",
    [
        {"sizes": (1,)},
        {"sizes": (9, 9)},
        {"seed": ""},
        {"method": "by hand"},
    ],
)
def test_record_that_cannot_be_right_fails_without_an_error(changed):
    frame = sampling_frame(ids(6), strata=[0, 0, 0, 1, 1, 1])
    assert not verify_draw(frame, replace(draw_sample(frame, [3, 3], "seed").record, **changed)).holds


@pytest.mark.parametrize(
    "changed",
    [
        {"ids": ["p0", "p1", "p2", "p9"]},
        {"ids": ["p0", "p1", "p2"], "strata": [0, 0, 1], "households": [1, 2, 3], "order": [1, 2, 3]},
        {"strata": [0, 1, 1, 1]},
        {"n_strata": 3},
        {"households": [1, 2, 3, 3]},
        {"households": None},
        {"order": [1, 2, 3, 5]},
        {"order": None},
    ],
)
def test_verification_fails_on_any_change_of_the_frame(changed):
    parts = {"ids": ids(4), "strata": [0, 0, 1, 1], "n_strata": 2, "households": [1, 2, 3, 4], "order": [1, 2, 3, 4]}
    record = draw_sample(sampling_frame(**parts), [1, 1], "seed").record
    found = verify_draw(sampling_frame(**{**parts, **changed}), record)
    assert not found.frame_matches
    assert not found.holds


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (lambda: sampling_frame([]), "no_rows"),
        (lambda: sampling_frame(["a", "b", "a"]), "duplicate_id"),
        (lambda: sampling_frame(["a"], strata=[-1]), "code_out_of_range"),
        (lambda: sampling_frame(["a"], strata=[2], n_strata=2), "code_out_of_range"),
        (lambda: sampling_frame(["a"], strata=[0, 1]), "wrong_length"),
        (lambda: sampling_frame(["a"], households=[0, 1]), "wrong_length"),
        (lambda: sampling_frame(["a"], order=[[0], [1]]), "wrong_length"),
        (lambda: sampling_frame(["a"], order=[0.5]), "not_integer"),
        (lambda: draw_sample(sampling_frame(["a"]), 2, "seed"), "stratum_too_small"),
        (lambda: draw_sample(sampling_frame(["a"]), -1, "seed"), "invalid_value"),
        (lambda: draw_sample(sampling_frame(["a"]), [1, 0], "seed"), "wrong_length"),
        (lambda: draw_sample(sampling_frame(["a"]), 1, ""), "invalid_value"),
        (lambda: draw_sample(sampling_frame(["a"]), 1, "seed", one_per_household=True), "invalid_value"),
        (
            lambda: draw_sample(sampling_frame(["a", "b"], households=[1, 1]), 2, "seed", one_per_household=True),
            "stratum_too_small",
        ),
    ],
)
def test_impossible_draws_are_refused_with_a_code(refused, code):
    with pytest.raises(InputError) as caught:
        refused()
    assert caught.value.code == code


def test_who_is_left_of_each_household_is_known_before_the_draw():
    frame = sampling_frame(ids(60), strata=np.arange(60) % 2, n_strata=2, households=np.arange(60) // 4)
    left = one_of_each_household(frame, "seed")
    assert np.bincount(np.arange(60)[left] // 4).tolist() == [1] * 15
    sizes = np.bincount(frame.strata[left], minlength=2)
    drawn = draw_sample(frame, sizes, "seed", one_per_household=True)
    assert sorted(drawn.chosen.tolist()) == np.flatnonzero(left).tolist()
    with pytest.raises(InputError):
        one_of_each_household(sampling_frame(ids(3)), "seed")
