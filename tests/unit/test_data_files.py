"""The shipped figures are complete, say what they are, and add up; the derived ones follow from them."""

import csv
import json
from pathlib import Path

import pytest

from tools import derive_margins

DATA = Path(__file__).resolve().parents[2] / "data"
MUNICIPALITIES = {"GM0355", "GM0797", "GM0148", "GM0109", "GM0262", "GM0307"}
COUNT_FILES = sorted(path.name for path in DATA.glob("counts_*.csv"))
WITH_SOURCE = [*COUNT_FILES, "rates.csv", "margins_16plus.csv"]
Row = dict[str, str]


def read(name: str) -> list[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def margin(variable: str, municipality: str = "GM0355") -> dict[str, int]:
    return {
        row["category"]: int(row["count"])
        for row in read("margins_16plus.csv")
        if row["variable"] == variable and row["gm_code"] == municipality
    }


@pytest.mark.parametrize("name", WITH_SOURCE)
def test_every_figure_names_source_licence_date_unit_and_status(name: str) -> None:
    for row in read(name):
        assert row["gm_code"] in MUNICIPALITIES
        assert row["source_table"]
        assert row["licence"] == "CC BY 4.0"
        assert row["attribution"] == "Bron: CBS"
        assert len(row["reference_date"]) == len("2025-01-01")
        assert row["unit"] in {"person", "household", "dwelling", "address"}
        assert row["status"] in {"bron", "afgeleid"}


@pytest.mark.parametrize("name", COUNT_FILES)
def test_a_figure_occurs_once_and_is_a_whole_number(name: str) -> None:
    rows = read(name)
    keys = {(row["area_code"], row["reference_date"], row["variable"], row["category"]) for row in rows}
    assert len(keys) == len(rows)
    assert all(int(row["count"]) >= 0 for row in rows)


@pytest.mark.parametrize("name", COUNT_FILES)
def test_only_persons_have_ages(name: str) -> None:
    assert all((row["unit"] == "person") == (row["age_min"] != "") for row in read(name))


def test_the_figures_of_zeist_in_2025_add_up_to_all_inhabitants() -> None:
    figures = derive_margins.load_figures(DATA)
    total = figures.count("GM0355", "2025", "population", "total")
    assert total == 66_671
    assert sum(figures.count("GM0355", "2025", "sex", sex) for sex in derive_margins.SEXES) == total
    assert sum(figures.count("GM0355", "2025", "age_coarse", age) for age in derive_margins.COARSE_AGES) == total
    districts = figures.districts("GM0355", "2025")
    assert len(districts) == 5
    assert sum(figures.count(code, "2025", "population", "total") for code in districts) == 66_670


def test_the_margins_file_follows_from_the_other_files_byte_for_byte() -> None:
    assert derive_margins.derive(DATA).encode() == (DATA / "margins_16plus.csv").read_bytes()


@pytest.mark.parametrize("municipality", sorted(MUNICIPALITIES))
def test_margins_by_sex_age_both_and_education_have_one_total(municipality: str) -> None:
    totals = {sum(margin(variable, municipality).values()) for variable in ("sex", "age", "sex_age", "education")}
    assert len(totals) == 1


def test_the_districts_of_zeist_differ_from_the_total_by_rounding_alone() -> None:
    difference = sum(margin("district").values()) - sum(margin("age").values())
    assert abs(difference) <= 5 * len(margin("district"))


def test_the_ages_of_the_panel_keep_the_cbs_total_of_65_and_over() -> None:
    ages = margin("age")
    assert abs(ages["65-74"] + ages["75+"] - 14_683) <= 1


def test_fifteen_year_olds_are_one_fifth_of_fifteen_to_nineteen() -> None:
    young = 7_775 * (1 - 0.2 * 4_115 / 7_780)
    assert sum(margin("age").values()) == pytest.approx(young + 15_866 + 17_352 + 14_683, abs=2)


def test_education_is_known_to_74_and_those_beyond_have_their_own_class() -> None:
    education = margin("education")
    assert education["outside_75_plus"] == margin("age")["75+"]
    known = sum(education.values()) - education["outside_75_plus"]
    assert education["high"] / known == pytest.approx(20_890 / (48_320 - 823), abs=1e-4)


def test_every_margin_is_of_persons_of_16_and_over_and_its_shares_add_up() -> None:
    rows = read("margins_16plus.csv")
    assert {(row["unit"], row["age_min"], row["age_max"], row["status"]) for row in rows} == {
        ("person", "16", "", "afgeleid")
    }
    assert all(row["derivation"] for row in rows)
    shares = [float(row["share"]) for row in rows if row["gm_code"] == "GM0355" and row["variable"] == "age"]
    assert sum(shares) == pytest.approx(1, abs=1e-5)


def test_merges_name_categories_of_the_same_margin() -> None:
    for row in read("category_merges.csv"):
        known = margin(row["variable"])
        assert row["category"] in known
        assert row["merge_with"] in known
        assert row["category"] != row["merge_with"]


def test_every_category_but_the_class_outside_education_has_a_merge() -> None:
    merges = {(row["variable"], row["category"]) for row in read("category_merges.csv")}
    rows = [row for row in read("margins_16plus.csv") if row["gm_code"] == "GM0355" and row["variable"] != "sex"]
    assert {(row["variable"], row["category"]) for row in rows} - merges == {("education", "outside_75_plus")}


def test_a_figure_that_is_not_shipped_is_refused_by_name() -> None:
    with pytest.raises(derive_margins.MissingFigureError, match="GM0797 2025 sex male"):
        derive_margins.load_figures(DATA).count("GM0797", "2025", "sex", "male")


def test_the_map_has_the_five_districts_of_zeist() -> None:
    features = json.loads((DATA / "districts_zeist_2024.geojson").read_text(encoding="utf-8"))["features"]
    assert {feature["properties"]["wijkcode"] for feature in features} == set(margin("district"))
