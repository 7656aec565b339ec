"""What a response may carry, the classes of base weights, and the coarse flags."""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from surveys.carriage import cells, decide, weight_classes
from surveys.questionnaire import FrozenWave, Option, QuestionKind, QuestionSpec, WeightingPlan
from surveys.response_document import Sent
from surveys.response_flags import duration_class, flags, straight_lined, typical_seconds
from surveys.services.sealing import WaveKey

PEOPLE = [{"sex": "m" if n % 2 else "f", "age": str(n % 10)} for n in range(60)]


def test_breakdowns_stay_while_nobody_stands_out() -> None:
    kept = decide(PEOPLE, ["sex"])
    assert kept.breakdowns == ("sex",)
    assert kept.note == ""
    cut = decide(PEOPLE, ["sex", "age"])
    assert cut.breakdowns == ("sex",)
    assert cut.left_out == ("age",)
    assert "leeftijd" in cut.note


def test_one_person_alone_is_enough_to_leave_a_class_out() -> None:
    people = [*({"area": "north"} for _ in range(300)), {"area": "south"}]
    assert decide(people, ["area"]).breakdowns == ()


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), min_size=1, max_size=200))
def test_what_is_kept_always_keeps_its_promise(rows: list[tuple[str, str]]) -> None:
    people = [{"one": a, "two": b} for a, b in rows]
    kept = decide(people, ["one", "two"]).breakdowns
    counted = cells(people, kept)
    if kept:
        assert min(counted.values()) > 1
        assert sum(n for n in counted.values() if n >= 10) >= 0.95 * len(people)


@given(st.lists(st.sampled_from([1.0, 1.5, 2.0, 3.0, 7.0, 9.5]), min_size=10, max_size=200))
def test_a_weight_class_is_shared_by_ten_and_keeps_the_total(weights: list[float]) -> None:
    made = weight_classes(weights)
    counted = Counter(made[w] for w in weights)
    assert min(counted.values()) >= 10
    assert abs(sum(made[w] for w in weights) - sum(weights)) < 1e-3


def test_a_weight_shared_by_ten_stays_exact() -> None:
    assert weight_classes([2.5] * 10 + [4.0] * 12) == {2.5: 2.5, 4.0: 4.0}


def test_flags_are_classes_against_the_middle() -> None:
    assert [duration_class(s, 300) for s in (50, 100, 300, 900, 1000)] == ["fast", "normal", "normal", "normal", "slow"]
    assert duration_class(5, 0) == "normal"
    assert typical_seconds([]) == 0
    rows = tuple(Option(c, c) for c in "abcd")
    question = QuestionSpec("m", QuestionKind.MATRIX, "?", options=rows[:2], items=rows)
    wave = FrozenWave("", "", 1, (question,), WeightingPlan())
    assert straight_lined(wave, {"m": dict.fromkeys("abcd", "a")})
    assert not straight_lined(wave, {"m": {**dict.fromkeys("abc", "a"), "d": "b"}})
    assert not straight_lined(wave, {"m": {"missing": "skipped"}})
    sent = Sent({"m": {"missing": "skipped"}}, 100, "2026-01-02T00:00:00+00:00")
    made = flags(wave, sent, mode="online", typical=100, turning=datetime(2026, 1, 1, tzinfo=UTC))
    assert made == {"mode": "online", "duration": "normal", "straight_lined": False, "late": True}


def test_links_rows_and_seals_of_two_waves_have_nothing_in_common() -> None:
    secret = bytes(32)
    one, two = WaveKey("wave-a", secret), WaveKey("wave-b", secret)
    assert one.link_mac("answer", "x", 1) != two.link_mac("answer", "x", 1)
    assert one.link_mac("answer", "x", 1) != one.link_mac("answer", "x", 2)
    assert one.link_mac("answer", "x", 1) != one.link_mac("unsubscribe", "x", 1)
    assert one.row_id("x") != two.row_id("x")
    document = {"draft": None}
    first, second = (one.seal("row", document, 1024) for _ in range(2))
    assert first != second
    assert len(first) == len(one.seal("row", {"draft": "x" * 900}, 1024))
    assert one.open("row", first) == document
