"""Weighting with the CBS figures of Zeist as they are published: rounded, and partly derived."""

import csv

import numpy as np
import pytest

from analysis.errors import MarginError
from analysis.weighting.margins import Margin, PanelPopulation, Unit, reconcile
from analysis.weighting.raking import prepare_raking, rake
from analysis.weighting.trimming import rake_and_trim
from tests.reference.reference_cases import FOLDER

HOUSEHOLDS = {"huishouden": Unit.HOUSEHOLD, "eigendom": Unit.DWELLING}
AGES = {"alle inwoners": (0, None), "15 tot 75 jaar": (15, 74)}


def zeist(variable, **changes):
    with (FOLDER / "data" / "zeist_default_marges.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["kenmerk"] == variable]
    age_min, age_max = AGES.get(rows[0]["populatie"], (18, None))
    in_shares = not rows[0]["aantal"]
    options = {
        "unit": HOUSEHOLDS.get(variable, Unit.PERSON),
        "age_min": age_min,
        "age_max": age_max,
        "derived": any(row["status"] == "afgeleid" for row in rows),
        "source": rows[0]["bron"],
        "in_shares": in_shares,
    }
    totals = np.array([float(row["aandeel" if in_shares else "aantal"]) for row in rows])
    return Margin(variable, tuple(row["categorie"] for row in rows), totals, **{**options, **changes})


def respondents(*given, n=400, seed=11):
    rng = np.random.default_rng(seed)
    return np.stack([rng.integers(0, len(margin.all_categories), n) for margin in given], axis=1)


def test_one_person_of_rounding_between_sex_and_district_is_reconciled_and_reported():
    sex, district = zeist("geslacht"), zeist("wijk")
    result = rake(respondents(sex, district), np.ones(400), (sex, district), PanelPopulation(66671.0, age_min=0))
    assert result.max_error <= 1e-10
    assert [note.difference for note in result.notes] == [0.0, -1.0]
    np.testing.assert_allclose(result.weights.sum(), 66671.0)
    np.testing.assert_allclose(result.margins[1].after, district.totals * 66671 / 66670)


def test_ten_persons_between_age_and_district_of_adults_are_reconciled():
    age, district = zeist("leeftijd4_18plus"), zeist("wijk_18plus")
    result = rake(respondents(age, district), np.ones(400), (age, district), PanelPopulation(53209.0, age_min=18))
    assert result.max_error <= 1e-10
    assert [note.difference for note in result.notes] == [0.0, -10.0]


def test_shares_rounded_to_three_decimals_are_scaled_to_the_declared_total():
    origin = zeist("herkomst")
    (margin,) = reconcile((origin,), PanelPopulation(66671.0, age_min=0)).margins
    np.testing.assert_allclose(margin.totals.sum(), 66671.0)


@pytest.mark.parametrize(
    ("variable", "code"),
    [("huishouden", "unit_mismatch"), ("eigendom", "unit_mismatch"), ("opleiding", "age_mismatch")],
)
def test_figures_of_households_dwellings_and_other_ages_are_refused(variable, code):
    with pytest.raises(MarginError) as caught:
        reconcile((zeist(variable),), PanelPopulation(66671.0, age_min=0))
    assert caught.value.code == code
    assert caught.value.params["margin"] == variable


def test_all_inhabitants_are_not_mixed_with_adults():
    with pytest.raises(MarginError) as caught:
        reconcile((zeist("leeftijd4_18plus"), zeist("geslacht")), PanelPopulation(53209.0, age_min=18))
    assert caught.value.code == "age_mismatch"


def test_education_that_stops_at_74_weighs_with_the_older_excluded_and_refusals_as_own_class():
    age = zeist("leeftijd4_18plus")
    education = zeist("opleiding", age_min=18, own_classes=("zegt het niet",), excluded_classes=("75 en ouder",))
    codes = respondents(age, education)
    codes[codes[:, 1] == 4, 0] = 3
    result = rake(codes, np.ones(400), (age, education), PanelPopulation(53209.0, age_min=18))
    assert result.max_error <= 1e-10
    own_share = np.mean(codes[codes[:, 1] < 4, 1] == 3)
    covered = result.weights[codes[:, 1] < 4].sum()
    reported = result.margins[1]
    np.testing.assert_allclose(reported.after[3] / covered, own_share)
    np.testing.assert_allclose(reported.after[:3] / reported.after[:3].sum(), education.totals / education.totals.sum())


def test_a_margin_that_stops_at_74_without_a_class_for_the_older_is_refused():
    with pytest.raises(MarginError) as caught:
        reconcile((zeist("opleiding", age_min=18),), PanelPopulation(53209.0, age_min=18))
    assert caught.value.code == "age_mismatch"


def test_trimmed_weights_keep_the_margins_of_zeist():
    age, district = zeist("leeftijd4_18plus"), zeist("wijk_18plus")
    codes = respondents(age, district)
    codes[:360, 0] = 3
    prepared = prepare_raking(codes, np.ones(400), (age, district), PanelPopulation(53209.0, age_min=18))
    found = rake_and_trim(prepared, lower=0.2, upper=15.0)
    assert found.raking.max_error <= 1e-10
