"""What may be shown of a question: thresholds, sensitive answers, drawn members apart, missing answers."""

from typing import Any

import numpy as np
import pytest

from analysis.disclosure.release import ReleaseRule
from analysis.estimation.design import unweighted_design
from feedback.weighing.blocks import blocks_of
from feedback.weighing.figures import Grouping, Sets, block_document
from feedback.weighing.rounding import exact, percentages
from surveys.questionnaire import Option, QuestionKind, QuestionSpec

OPTIONS = (Option("a", "A"), Option("b", "B"), Option("c", "C"))
SINGLE = QuestionSpec("q", QuestionKind.SINGLE, "Vraag?", options=OPTIONS)


def _shown(answers: list[Any], *, spec: QuestionSpec = SINGLE, sensitive: bool = False, groups: Any = ()) -> Any:
    sets = Sets(unweighted_design(len(answers)), ReleaseRule())
    return block_document(blocks_of(spec, answers)[0], sets, groups, sensitive=sensitive)


def test_nine_answers_are_never_shown() -> None:
    shown = _shown(["a"] * 9)
    assert shown["withheld"]
    assert shown["figures"] == []


def test_twenty_answers_that_are_too_uncertain_are_withheld() -> None:
    assert _shown(["a"] * 10 + ["b"] * 10)["withheld"]


def test_missing_answers_are_not_in_the_base() -> None:
    shown = _shown(["a"] * 40 + [{"missing": "dont_know"}, {"missing": "refused"}, {"missing": "skipped"}, None])
    assert shown["base"] == 40
    assert shown["figures"][0]["percent"] == 100


def test_few_answers_behind_a_share_withhold_a_sensitive_question_only() -> None:
    answers = ["a"] * 60 + ["b"] * 4
    assert not _shown(answers)["withheld"]
    assert _shown(answers, sensitive=True)["withheld"]


def test_one_small_group_withholds_the_whole_breakdown() -> None:
    codes = np.array([0] * 40 + [1] * 9)
    grouping = Grouping("sex", "sex", codes, ("m", "f"), ("Man", "Vrouw"))
    breakdown = _shown(["a", "b"] * 24 + ["a"], groups=[grouping])["breakdowns"][0]
    assert breakdown == {"variable": "sex", "label": "sex", "withheld": True, "groups": []}


def test_few_outside_every_group_withhold_the_breakdown() -> None:
    codes = np.array([0] * 40 + [1] * 40 + [-1] * 3)
    grouping = Grouping("sex", "sex", codes, ("m", "f"), ("Man", "Vrouw"))
    assert _shown(["a"] * 83, groups=[grouping])["breakdowns"][0]["withheld"]


def test_extreme_share_of_a_group_leaves_only_as_a_band() -> None:
    codes = np.array([0] * 50 + [1] * 50)
    grouping = Grouping("sex", "sex", codes, ("m", "f"), ("Man", "Vrouw"))
    shown = _shown(["a"] * 49 + ["b"] + ["b"] * 50, groups=[grouping])
    figures = shown["breakdowns"][0]["groups"][0]["figures"]
    assert [f["band"] for f in figures] == ["above", "below", "below"]
    assert all(f["value"] is None and f["percent"] is None for f in figures)


def test_what_remains_beside_a_band_does_not_tell_it() -> None:
    codes = np.array([0] * 50 + [1] * 50)
    grouping = Grouping("sex", "sex", codes, ("m", "f"), ("Man", "Vrouw"))
    answers = ["a"] * 31 + ["b"] * 18 + ["c"] + ["a"] * 22 + ["b"] * 22 + ["c"] * 6
    shown = _shown(answers, groups=[grouping])
    man, woman = (g["figures"] for g in shown["breakdowns"][0]["groups"])
    assert [f["percent"] for f in man] == [60, 35, None]
    assert [f["percent"] for f in woman] == [45, 45, 10]
    assert [f["band"] for f in man + woman] == ["rounded", "rounded", "below", *["rounded"] * 3]
    for figure in [*man[:2], *woman]:
        assert figure["value"] * 100 == figure["percent"]
        assert all(round(figure[edge] * 100, 9) % 5 == 0 for edge in ("low", "high"))
        assert figure["low"] <= figure["value"] <= figure["high"]


def test_breakdown_without_a_band_stays_exact() -> None:
    codes = np.array([0] * 50 + [1] * 50)
    grouping = Grouping("sex", "sex", codes, ("m", "f"), ("Man", "Vrouw"))
    shown = _shown((["a"] * 20 + ["b"] * 20 + ["c"] * 10) * 2, groups=[grouping])
    assert {f["band"] for g in shown["breakdowns"][0]["groups"] for f in g["figures"]} == {"exact"}


@pytest.mark.parametrize(
    ("kind", "answers", "measure", "values"),
    [
        (QuestionKind.SEVERAL, [["a", "b"], ["a"]] * 20, "several", [1.0, 0.5, 0.0]),
        (QuestionKind.RANKING, [["b", "a", "c"]] * 40, "mean_rank", [2.0, 1.0, 3.0]),
        (QuestionKind.BUDGET, [{"a": 30, "b": 70}] * 40, "budget", [0.3, 0.7, 0.0]),
    ],
)
def test_each_kind_is_measured_in_its_own_way(
    kind: QuestionKind, answers: list[Any], measure: str, values: list[float]
) -> None:
    shown = _shown(answers, spec=QuestionSpec("q", kind, "Vraag?", options=OPTIONS))
    assert shown["measure"] == measure
    assert [f["value"] for f in shown["figures"]] == pytest.approx(values)


def test_number_has_mean_and_median() -> None:
    shown = _shown([1.0, 2.0, 9.0] * 20, spec=QuestionSpec("q", QuestionKind.NUMBER, "Hoeveel?"))
    assert shown["figures"][0]["value"] == 4.0
    assert shown["median"]["value"] == 2.0


def test_score_is_a_mean_with_its_distribution() -> None:
    spec = QuestionSpec("q", QuestionKind.SCORE, "Cijfer?", minimum=0, maximum=10)
    mean, spread = blocks_of(spec, [7, 8, {"missing": "refused"}])
    assert mean.measure == "mean"
    assert len(spread.keys) == 11
    assert np.nansum(spread.values) == 2


def test_rows_of_a_matrix_miss_answers_of_their_own() -> None:
    items = (Option("x", "X"), Option("y", "Y"))
    spec = QuestionSpec("q", QuestionKind.MATRIX, "Vindt u?", options=OPTIONS, items=items)
    x, y = blocks_of(spec, [{"x": "a", "y": {"missing": "refused"}}, {"missing": "skipped"}])
    assert int(np.isfinite(x.values).any(axis=1).sum()) == 1
    assert not np.isfinite(y.values).any()


def test_printed_parts_add_up() -> None:
    assert percentages([1 / 3, 1 / 3, 1 / 3], adds_up=True) == [34, 33, 33]
    assert percentages([0.335, float("nan")], adds_up=False) == [34, None]
    assert exact(1 / 3) == 0.333333333333
    assert exact(float("nan")) is None
