"""What the numbers refuse is told with the lines that mend it."""

import tomllib

from analysis.errors import ConvergenceError, MarginError, Merge, Refusal, WeightingRefusedError
from core.errors import RowError
from feedback.analyst.faults import FileRefusedError, PlanRefusedError
from feedback.analyst.refusals import accepting, explain
from feedback.analyst.telling import tell

EMPTY = "category_without_respondents"


def toml_of(text: str) -> dict[str, object]:
    return tomllib.loads(text[text.index("[") :])


def test_proposed_merge_comes_as_lines_for_the_plan() -> None:
    merge = Merge("wijk", 'De "Hoek"', "Noord")
    (text,) = explain(WeightingRefusedError((Refusal(EMPTY, "wijk", 'De "Hoek"', 0, 12.0, merge),)))
    assert text.startswith('margin wijk, category De "Hoek": 12 in the population, no respondents')
    lines = {"margin": "wijk", "category": 'De "Hoek"', "into": "Noord"}
    assert toml_of(text) == {"weighting": {"merges": [lines]}}
    assert toml_of(accepting(merge)) == {"weighting": {"merges": [lines]}}


def test_empty_category_without_neighbour_asks_for_one() -> None:
    (text,) = explain(WeightingRefusedError((Refusal(EMPTY, "wijk", "Noord", 0, 12.0),)))
    assert "no neighbour is declared" in text
    lines = {"margin": "wijk", "category": "Noord", "into": "..."}
    assert toml_of(text) == {"weighting": {"neighbours": [lines]}}


def test_unknown_category_may_become_a_class_of_its_own() -> None:
    (text,) = explain(WeightingRefusedError((Refusal("category_not_in_population", "wijk", "Elders", 3, 0.0),)))
    assert "3 respondents, absent from the population" in text
    assert toml_of(text) == {"weighting": {"own_classes": {"wijk": ["Elders"]}}}


def test_missing_values_name_what_can_be_done() -> None:
    (text,) = explain(WeightingRefusedError((Refusal("missing_value", "leeftijd", "", 7, 0.0),)))
    assert text.startswith("margin leeftijd: 7 respondents have no value")
    assert toml_of(text) == {"weighting": {"own_classes": {"leeftijd": ["..."]}}}


def test_bounds_that_cannot_be_met_propose_the_merge() -> None:
    params = {"lower": 0.5, "upper": 2.0, "measure": "x", "margin": "wijk", "category": "a", "n_respondents": 1}
    merge = Merge("wijk", "a", "b")
    error = ConvergenceError("bounds_cannot_meet_all", error=0.1, advice="", proposal=merge, **params)
    (text,) = explain(error)
    assert "widen the bounds" in text
    assert text.endswith(accepting(merge))


def test_margins_of_another_unit_say_which_to_use() -> None:
    error = MarginError("unit_mismatch", margin="huis", margin_unit="household", population_unit="person")
    assert "use figures of persons" in explain(error)[0]


def test_error_without_advice_is_told_as_it_is() -> None:
    assert explain(MarginError("zero_margin", margin="wijk")) == ["margin wijk adds up to nothing"]


def test_faults_of_a_file_are_told_one_per_line() -> None:
    errors = [RowError(3, "wijk", "x", "this is wrong"), RowError(0, "", "", "the file is large")]
    assert tell(FileRefusedError("d.csv", errors, 2)).splitlines() == [
        "d.csv is refused.",
        "line 3, column wijk, 'x': this is wrong",
        "the file is large",
        "... and 2 more faults; mend these first",
        "Nothing was written.",
    ]


def test_faults_of_a_plan_are_told_one_per_line() -> None:
    assert tell(PlanRefusedError(["a", "b"])).splitlines() == ["the plan is refused.", "a", "b", "Nothing was written."]
