"""The stored results against a second computation that shares no code with the first."""

import random
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import select

from core.db import db
from feedback.conclusions import conclusions_of
from feedback.models import Publication
from feedback.weighing.loading import load_input
from feedback.weighing.weights import weigh
from surveys.models import SurveyResponse, Wave
from surveys.questionnaire import Option, QuestionKind, QuestionSpec, WeightingPlan
from tests.integration.feedback.second_computation import HIGH, LOW, VARIABLES, Second

Floats = NDArray[np.float64]
Column = Callable[[Any], float]
N = 520
NAN = float("nan")


def options(*labels: str) -> tuple[Option, ...]:
    return tuple(Option(f"o{i}", label) for i, label in enumerate(labels, 1))


QUESTIONS = (
    QuestionSpec("speed", QuestionKind.SINGLE, "Moet het 30 worden?", options=options("Ja", "Nee", "Deels")),
    QuestionSpec(
        "why",
        QuestionKind.SINGLE,
        "Waarom?",
        options=options("Veilig", "Stil"),
        condition={"if": "speed", "is": ["o1"]},
    ),
    QuestionSpec("used", QuestionKind.SEVERAL, "Wat gebruikt u?", options=options("Fiets", "Auto", "Bus")),
    QuestionSpec(
        "views",
        QuestionKind.MATRIX,
        "Wat vindt u?",
        options=options("Oneens", "Neutraal", "Eens"),
        items=(Option("safe", "Het is veilig"), Option("calm", "Het is rustig")),
    ),
    QuestionSpec("mark", QuestionKind.SCORE, "Welk cijfer?", minimum=0, maximum=10),
    QuestionSpec("trips", QuestionKind.NUMBER, "Hoeveel ritten?"),
    QuestionSpec("open", QuestionKind.OPEN, "Wilt u nog iets zeggen?"),
    QuestionSpec("order", QuestionKind.RANKING, "Wat eerst?", options=options("Stoep", "Weg", "Groen")),
    QuestionSpec("money", QuestionKind.BUDGET, "Verdeel 100 punten", options=options("Stoep", "Weg", "Groen")),
)
PLAN = WeightingPlan(
    variables=VARIABLES,
    trim_low=LOW,
    trim_high=HIGH,
    breakdowns=("sex", "age"),
    weighting_only=("district", "education"),
)
MISSING = ({"missing": "skipped"}, {"missing": "dont_know"}, {"missing": "refused"})


def _given(rng: random.Random, age: str) -> dict[str, Any]:
    """Answers that follow the age a little, with every way of not answering."""
    older = age in ("65-74", "75+")
    speed = rng.choice(["o1", "o1", "o2", "o3"] if older else ["o1", "o2", "o2", "o3"])
    places = ["o1", "o2", "o3"]
    rng.shuffle(places)
    stoep = rng.randrange(0, 101, 10)
    full: dict[str, Any] = {
        "speed": speed,
        "why": rng.choice(["o1", "o1", "o2"]),
        "used": rng.sample(["o1", "o2", "o3"], rng.randrange(1, 4)),
        "views": {
            "safe": rng.choice(["o1", "o2", "o3"]),
            "calm": rng.choice(["o1", "o3", "o3", *MISSING[1:]]),
        },
        "mark": rng.randrange(3 if older else 0, 11),
        "trips": float(rng.randrange(0, 15)),
        "open": rng.choice(["Meer bomen", {"missing": "skipped"}]),
        "order": places,
        "money": {"o1": stoep, "o2": 100 - stoep, "o3": 0},
    }
    for key in full:
        if rng.random() < 0.1:
            full[key] = dict(rng.choice(MISSING))
    if full["speed"] != "o1":
        full["why"] = {"missing": "not_shown"}
    return full


def spoiled(wave: Wave, *, equal_weights: bool = False) -> None:
    """Give the responses of a wave other answers, unequal base weights and a few profiles that are not told."""
    rng = random.Random(31)
    for row in db.session.scalars(select(SurveyResponse).where(SurveyResponse.wave_id == wave.id)):
        row.answers = _given(rng, row.classes["age"])
        row.base_weight = 40.0 if equal_weights else rng.choice([20.0, 40.0, 55.5, 80.0])
        if rng.random() < 0.04:
            row.classes = {**row.classes, "sex": "other"}
        if rng.random() < 0.05 and row.classes["age"] != "75+":
            row.weighting_classes = {**row.weighting_classes, "education": "undisclosed"}
    db.session.commit()


def is_given(answer: Any) -> bool:
    return answer is not None and not (isinstance(answer, dict) and "missing" in answer)


def one_of(key: str, option: str) -> Column:
    return lambda a: float(a[key] == option) if is_given(a[key]) else NAN


def of(key: str, take: Column) -> Column:
    return lambda a: take(a[key]) if is_given(a[key]) else NAN


def item(key: str, row: str, option: str) -> Column:
    def take(answers: Any) -> float:
        whole = answers[key]
        return float(whole[row] == option) if is_given(whole) and is_given(whole[row]) else NAN

    return take


def _holds(option: str, answer: Any) -> float:
    return float(option in answer)


def _is(value: int, answer: Any) -> float:
    return float(answer == value)


def _rank(option: str, answer: Any) -> float:
    return float(answer.index(option) + 1)


def _first(option: str, answer: Any) -> float:
    return float(answer[0] == option)


def _part(option: str, answer: Any) -> float:
    return float(answer[option]) / 100


def _nothing(option: str, answer: Any) -> float:
    return float(answer[option] == 0)


PLACES = ("o1", "o2", "o3")
# question, block, figure → what it is of one person's answers
FIGURES: dict[tuple[str, int, str], Column] = {
    **{("speed", 0, o): one_of("speed", o) for o in PLACES},
    **{("why", 0, o): one_of("why", o) for o in ("o1", "o2")},
    **{("used", 0, o): of("used", partial(_holds, o)) for o in PLACES},
    **{("views", 0, o): item("views", "safe", o) for o in PLACES},
    **{("views", 1, o): item("views", "calm", o) for o in PLACES},
    ("mark", 0, "mean"): of("mark", float),
    **{("mark", 1, str(p)): of("mark", partial(_is, p)) for p in range(11)},
    ("trips", 0, "mean"): of("trips", float),
    **{("order", 0, o): of("order", partial(_rank, o)) for o in PLACES},
    **{("order", 1, o): of("order", partial(_first, o)) for o in PLACES},
    **{("money", 0, o): of("money", partial(_part, o)) for o in PLACES},
    **{("money", 1, o): of("money", partial(_nothing, o)) for o in PLACES},
}
BY_MEAN = ("mean", "mean_rank", "budget")


def column(second: Second, take: Column) -> Floats:
    return np.array([take(r.answers) for r in second.rows])


def rows_of(wave: Wave, *, drawn: bool = False) -> list[SurveyResponse]:
    query = select(SurveyResponse).where(SurveyResponse.wave_id == wave.id).order_by(SurveyResponse.id)
    return [r for r in db.session.scalars(query) if not drawn or r.origin == "drawn"]


def weighed(make: SimpleNamespace, plan: WeightingPlan = PLAN, *, drawn: float = 0.8) -> tuple[Wave, Publication]:
    wave = make.feedback.closed_wave(N, questions=QUESTIONS, plan=plan, drawn=drawn)
    spoiled(wave)
    return wave, make.feedback.weighed(wave)


def test_stored_results_equal_a_second_computation(make: SimpleNamespace) -> None:
    wave, publication = weighed(make)
    document = publication.current.document
    second = Second(rows_of(wave))
    _same_weights(wave, publication, second)
    questions = {q["item_key"]: q for q in document["questions"]}
    seen = {(k, i, f["key"]) for k, q in questions.items() for i, b in enumerate(q["blocks"]) for f in b["figures"]}
    assert seen == set(FIGURES)
    drawn = Second(rows_of(wave, drawn=True))
    for (key, number, name), take in FIGURES.items():
        block = questions[key]["blocks"][number]
        figure = next(f for f in block["figures"] if f["key"] == name)
        values = column(second, take)
        assert block["base"] == int(np.isfinite(values).sum()), key
        _same_figure(figure, block, values, second)
        assert figure["unweighted"] == pytest.approx(np.nanmean(values), rel=1e-9), key
        volunteered = np.array([r.origin != "drawn" for r in second.rows])
        # fewer than thirty others would follow from the difference with everybody
        assert (figure["drawn"] is None) == (int((volunteered & np.isfinite(values)).sum()) < 30), key
        if figure["drawn"] is not None:
            assert figure["drawn"] == pytest.approx(drawn.mean(column(drawn, take)), rel=1e-7, abs=1e-9), key


def _same_weights(wave: Wave, publication: Publication, second: Second) -> None:
    given = load_input(publication, wave)
    assert given.responses.ids == tuple(r.id for r in second.rows)
    theirs = weigh(given, given.responses).trimmed.raking.weights
    np.testing.assert_allclose(theirs, second.weights, rtol=1e-8)
    told = publication.current.document["weighting"]
    w, mean = second.weights, second.weights.mean()
    before = second.fitted(second.base[None, :])[0]
    assert told["total"] == pytest.approx(second.total, rel=1e-9)
    assert told["design_effect"] == pytest.approx(w.size * (w**2).sum() / w.sum() ** 2, rel=1e-8)
    assert told["effective_n"] == pytest.approx(w.sum() ** 2 / (w**2).sum(), rel=1e-8)
    assert told["n_trimmed"] == int(((before < LOW * mean * (1 - 1e-9)) | (before > HIGH * mean * (1 + 1e-9))).sum())
    assert told["n_trimmed"] > 0, "a case without trimming shows nothing"
    assert (told["min_over_mean"], told["max_over_mean"]) == pytest.approx((w.min() / mean, w.max() / mean), rel=1e-8)
    assert sum(told["histogram"]["counts"]) == N


def _same_figure(figure: dict[str, Any], block: dict[str, Any], values: Floats, second: Second) -> None:
    assert figure["value"] == pytest.approx(second.mean(values), rel=1e-8, abs=1e-10)
    low, high = second.mean_bounds(values) if block["measure"] in BY_MEAN else second.share_bounds(values)
    if block["measure"] == "budget":
        low, high = max(low, 0.0), min(high, 1.0)
    assert (figure["low"], figure["high"]) == pytest.approx((low, high), rel=1e-6, abs=1e-8)


def test_breakdowns_equal_a_second_computation_within_each_group(make: SimpleNamespace) -> None:
    wave, publication = weighed(make)
    second = Second(rows_of(wave))
    shown = 0
    for question in publication.current.document["questions"]:
        for number, block in enumerate(question["blocks"]):
            for breakdown in block["breakdowns"]:
                for group in breakdown["groups"]:
                    inside = np.array([p[breakdown["variable"]] == group["category"] for p in second.profiles])
                    shown += _same_group(question["item_key"], number, block, group, inside, second)
    assert shown > 100


def _same_group(
    key: str, number: int, block: dict[str, Any], group: dict[str, Any], inside: NDArray[np.bool_], second: Second
) -> int:
    for figure in group["figures"]:
        values = np.where(inside, column(second, FIGURES[(key, number, figure["key"])]), NAN)
        assert group["base"] == int(np.isfinite(values).sum())
        share = second.mean(values)
        if block["measure"] in ("share", "several", "first", "nothing") and not 0.05 <= share <= 0.95:
            assert figure["band"] == ("below" if share < 0.05 else "above")
            assert (figure["value"], figure["percent"], figure["low"], figure["high"]) == (None,) * 4
        elif figure.get("band") == "rounded":
            assert abs(figure["value"] - share) <= 0.025 + 1e-9
            assert figure["percent"] % 5 == 0
        else:
            _same_figure(figure, block, values, second)
    return len(group["figures"])


def test_missing_answers_are_counted_beside_the_figures_and_never_in_them(make: SimpleNamespace) -> None:
    wave, publication = weighed(make)
    second = Second(rows_of(wave))
    for question in publication.current.document["questions"]:
        if question["kind"] in ("open", "matrix"):
            continue
        key, aside = question["item_key"], question["aside"]
        codes = [r.answers[key]["missing"] if not is_given(r.answers[key]) else "" for r in second.rows]
        assert aside["asked"] == sum(c != "not_shown" for c in codes)
        for name in ("dont_know", "refused"):
            assert aside[name]["n"] == codes.count(name)
            spoke = np.array([NAN if c in ("not_shown", "skipped") else float(c == name) for c in codes])
            assert aside[name]["share"] == pytest.approx(second.mean(spoke), rel=1e-8)
    wrote = next(q for q in publication.current.document["questions"] if q["kind"] == "open")["wrote"]
    assert wrote == sum(is_given(r.answers["open"]) for r in second.rows)


def test_standard_errors_agree_with_a_jackknife_that_fits_again_each_time(make: SimpleNamespace) -> None:
    wave = make.feedback.closed_wave(600, questions=QUESTIONS, plan=PLAN)
    spoiled(wave, equal_weights=True)
    second = Second(rows_of(wave), trim=False)
    n = len(second.rows)
    replicates = second.fitted(second.base * (1 - np.eye(n)))
    for chosen in (("speed", 0, "o1"), ("why", 0, "o1"), ("used", 0, "o2"), ("mark", 0, "mean"), ("order", 0, "o2")):
        values = column(second, FIGURES[chosen])
        there = np.isfinite(values)
        means = (replicates[:, there] @ values[there]) / replicates[:, there].sum(axis=1)
        jackknife = np.sqrt((n - 1) / n * ((means - means.mean()) ** 2).sum())
        assert second.error(values) == pytest.approx(jackknife, rel=0.05), chosen


def test_figures_of_the_drawn_alone_rest_on_their_own_weights(make: SimpleNamespace) -> None:
    plan = WeightingPlan(**{**vars(PLAN), "figure_set": "drawn"})
    wave, publication = weighed(make, plan)
    document = publication.current.document
    second = Second(rows_of(wave, drawn=True))
    assert document["base"]["in_figures"] == document["base"]["drawn"] == len(second.rows) < N
    assert document["base"]["self_registered"] == 0
    figure = document["questions"][0]["blocks"][0]["figures"][0]
    assert figure["value"] == pytest.approx(second.mean(column(second, FIGURES[("speed", 0, "o1")])), rel=1e-8)
    assert figure["drawn"] is None


@pytest.mark.parametrize("drawn", [1.0, 0.8, 0.0])
def test_doubt_is_worded_by_how_the_panel_came_about(make: SimpleNamespace, drawn: float) -> None:
    _wave, publication = weighed(make, drawn=drawn)
    texts = {c.uncertainty for c in conclusions_of(publication.current.document) if c.uncertainty}
    assert len(texts) == 1
    text = texts.pop()
    assert ("die bij zo'n loting hoort" in text) == (drawn == 1.0)
    assert ("modelmatige onzekerheid" in text) == (drawn < 1.0)
    assert text.startswith({1.0: "Alle antwoorden komen", 0.8: "Een deel van", 0.0: "Alle panelleden"}[drawn])


def test_printed_percentages_of_parts_add_up_and_stay_within_one_of_the_figure(make: SimpleNamespace) -> None:
    _wave, publication = weighed(make)
    blocks = [block for question in publication.current.document["questions"] for block in question["blocks"]]
    whole = [block["figures"] for block in blocks if block["adds_up"]]
    assert len(whole) >= 4
    for figures in whole:
        assert sum(f["percent"] for f in figures) == 100
        assert all(abs(f["percent"] - f["value"] * 100) < 1 for f in figures)
