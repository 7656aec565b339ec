"""A group beside the population, as the document that is kept."""

from collections import Counter
from datetime import date

import numpy as np
import pytest

from panel.board import comparing, responding
from panel.board.responding import ResponseRow
from panel.models import FigureStatus
from panel.queries.population import PopulationMargin

SEX = PopulationMargin(
    "sex", ("male", "female"), ("Man", "Vrouw"), (400, 600), "person", 16, None, "tabel", date(2025, 1, 1), "CC BY 4.0",
    "Bron: CBS", FigureStatus.DERIVED, "som",
)  # fmt: skip


def generator() -> np.random.Generator:
    return np.random.default_rng(1)


def test_counts_become_shares_and_the_rest_is_outside() -> None:
    (table,) = comparing.compare({"sex": Counter(male=30, female=20, other=4)}, [SEX], generator())
    assert (table["n"], table["n_outside"]) == (50, 4)
    men, women = table["rows"]
    assert (men["share"], women["share"]) == (0.6, 0.4)
    assert men["missing"] == pytest.approx(-10)
    assert women["missing"] == pytest.approx(10)
    assert table["dissimilarity"] == pytest.approx(0.2)
    assert table["chi_squared"] == pytest.approx(50 * (0.04 / 0.4 + 0.04 / 0.6), abs=1e-5)


def test_chance_is_that_of_a_perfect_draw_of_the_same_size() -> None:
    (table,) = comparing.compare({"sex": Counter(male=400, female=600)}, [SEX], generator())
    spread = 1.96 * (0.4 * 0.6 / 1000) ** 0.5
    assert table["rows"][0]["chance_low"] == pytest.approx(0.4 - spread, abs=0.005)
    assert table["rows"][0]["chance_high"] == pytest.approx(0.4 + spread, abs=0.005)


def test_variable_without_anybody_is_left_out() -> None:
    assert comparing.compare({"sex": Counter(other=3)}, [SEX], generator()) == []
    assert comparing.compare({}, [SEX], generator()) == []


def test_weighted_shares_get_the_interval_of_the_effective_number() -> None:
    wide = comparing.compare_weighted({"male": 0.4, "female": 0.6}, SEX, 100.0, 400, generator())
    narrow = comparing.compare_weighted({"male": 0.4, "female": 0.6}, SEX, 400.0, 400, generator())
    assert wide["dissimilarity"] == 0
    first, second = wide["rows"][0], narrow["rows"][0]
    assert first["high"] - first["low"] > 1.8 * (second["high"] - second["low"])
    assert first["count"] is None


def test_indicator_says_why_it_cannot_be_told() -> None:
    nobody = [ResponseRow({"age": "16-29"}, 10, 0), ResponseRow({"age": "75+"}, 10, 0)]
    assert responding.indicate(nobody, ["age"])["refused"] == "no_variation"
    assert responding.indicate([], ["age"])["refused"] == "no_rows"


def test_indicator_of_two_groups_is_their_spread() -> None:
    rows = [ResponseRow({"age": "16-29"}, 5000, 1000), ResponseRow({"age": "75+"}, 5000, 3000)]
    found = responding.indicate(rows, ["age"])
    assert found["r"] == pytest.approx(1 - 2 * 0.2, abs=0.001)
    assert found["low"] < found["r"] < found["high"]
    assert [c["rate"] for c in found["partials"][0]["categories"]] == pytest.approx([0.2, 0.6])


def test_stratum_of_one_person_does_not_stop_the_indicator() -> None:
    rows = [
        ResponseRow({"age": "16-29"}, 50, 10, 20.0, "1|a"),
        ResponseRow({"age": "75+"}, 50, 30, 10.0, "1|b"),
        ResponseRow({"age": "75+"}, 1, 0, 10.0, "2|b"),
    ]
    assert responding.indicate(rows, ["age"])["refused"] == ""
