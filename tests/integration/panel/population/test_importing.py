"""Files of figures are taken in as they are published: each number in its place, nothing overwritten."""

import csv
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine

from core import clock
from core.db import db
from panel import queries
from panel.models import PopulationFigure, PopulationSet, SetKind
from panel.queries.population import margins_of
from panel.services.population import choose, district_of, load_shipped
from panel.services.population.importing import Source, take_in

FILES = Path(__file__).parent / "files"
DATA = Path("data")
GM = "GM0355"
VARIABLES = ("sex", "age", "sex_age", "district", "education")


def imported(name: str, kind: SetKind, year: int, gm_code: str = GM) -> PopulationSet:
    return take_in(Source(FILES / name, kind, gm_code, year, name))


def counts(found: PopulationSet, area: str, variable: str) -> dict[str, int]:
    rows = db.session.scalars(
        db.select(PopulationFigure).filter_by(set_id=found.id, area_code=area, variable=variable, margin=False)
    )
    return {row.category: row.count for row in rows}


def margin_counts(found: PopulationSet) -> dict[str, dict[str, int]]:
    return {m.variable: dict(zip(m.categories, m.counts, strict=True)) for m in margins_of([found.id], VARIABLES)}


def shipped_margins(gm_code: str, *variables: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    with (DATA / "margins_16plus.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["gm_code"] == gm_code and row["variable"] in variables:
                found.setdefault(row["variable"], {})[row["category"]] = int(row["count"])
    return found


@pytest.fixture
def settled(make: SimpleNamespace) -> SimpleNamespace:
    make.core.complete_settings()
    return make


@pytest.mark.usefixtures("settled")
def test_key_figures_of_2025_in_their_original_columns() -> None:
    found = imported("86165NED_zeist.csv", SetKind.NEIGHBOURHOODS, 2025)
    assert (found.reference, found.source, found.licence) == (date(2025, 1, 1), "86165NED", "CC BY 4.0")
    assert counts(found, GM, "population") == {"total": 66_671}
    assert counts(found, GM, "sex") == {"male": 32_734, "female": 33_937}
    assert counts(found, "WK035502", "age_coarse") == {
        "0-14": 3045, "15-24": 2470, "25-44": 5085, "45-64": 4080, "65+": 2690,
    }  # fmt: skip
    assert counts(found, GM, "household_type")["one_person"] == 12_818


@pytest.mark.usefixtures("settled")
def test_key_figures_of_2024_have_other_numbers_behind_the_names() -> None:
    found = imported("85984NED_zeist.csv", SetKind.NEIGHBOURHOODS, 2024)
    assert counts(found, GM, "population") == {"total": 66_641}
    assert counts(found, "BU03550101", "age_coarse")["65+"] == 880
    assert counts(found, "WK035501", "dwellings") == {"total": 7823}
    assert counts(found, "WK035501", "age_coarse") == {}
    assert any("ontbreken" in remark for remark in found.remarks)


@pytest.mark.usefixtures("settled")
def test_margins_of_imported_files_are_those_derived_for_the_shipped_ones() -> None:
    imported("03759ned_zeist.csv", SetKind.AGE_SEX, 2021)
    found = imported("86165NED_zeist.csv", SetKind.NEIGHBOURHOODS, 2025)
    assert margin_counts(found) == shipped_margins(GM, "sex", "age", "sex_age", "district")


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("name", ["03759ned_zeist.csv", "flat_leeftijd_2021.csv"])
def test_age_and_sex_alone_give_margins_of_their_year(name: str) -> None:
    found = imported(name, SetKind.AGE_SEX, 2021)
    assert counts(found, GM, "sex_age5")["male|0-4"] > 0
    by_age = margin_counts(found)
    assert set(by_age) == {"sex", "age", "sex_age"}
    assert sum(by_age["age"].values()) == sum(by_age["sex_age"].values()) == sum(by_age["sex"].values())


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("name", ["83502NED_zeist.csv", "flat_postcodes_2021.csv"])
def test_postcodes_add_up_to_the_municipality(name: str) -> None:
    load_shipped(GM)
    by_postcode = imported(name, SetKind.AGE_SEX, 2021)
    whole = imported("03759ned_zeist.csv", SetKind.AGE_SEX, 2021)
    assert counts(by_postcode, GM, "sex_age5") == counts(whole, GM, "sex_age5")


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    ("name", "year", "area", "total"),
    [
        ("flat_kerncijfers_2025.csv", 2025, "WK035505", 8845),
        ("flat_wijken_2024.csv", 2024, "WK035501", 15_945),
        ("flat_buurten_2024.csv", 2024, "BU03550101", 3465),
        ("flat_gemeente_2012_2024.csv", 2019, GM, 63_934),
    ],
)
def test_flat_files_are_read_by_the_same_names(name: str, year: int, area: str, total: int) -> None:
    found = imported(name, SetKind.NEIGHBOURHOODS, year)
    with (FILES / name).open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if area in r.values() and r["jaar"] == str(year)]
    assert counts(found, area, "population") == {"total": int(rows[0]["inwoners"])}


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("gm_code", ["GM0355", "GM0797", "GM0148", "GM0109", "GM0262", "GM0307"])
def test_shipped_layout_can_be_imported_for_each_municipality(gm_code: str) -> None:
    year = 2025 if gm_code == GM else 2021
    found = take_in(Source(DATA / "margins_16plus.csv", SetKind.OWN, gm_code, year))
    assert margin_counts(found)["sex_age"] == shipped_margins(gm_code, "sex_age")["sex_age"]
    newest = 2025 if gm_code == GM else 2024
    whole = take_in(Source(DATA / "counts_municipality.csv", SetKind.OWN, gm_code, newest))
    assert counts(whole, gm_code, "population")["total"] > 20_000


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(("shipped", "name"), [(False, "WK035502"), (True, "Zeist-Noord")])
def test_open_data_name_no_wijken_so_the_names_we_know_stay(shipped: bool, name: str) -> None:
    if shipped:
        load_shipped(GM)
    found = imported("86165NED_zeist.csv", SetKind.NEIGHBOURHOODS, 2025)
    (margin,) = margins_of([found.id], ["district"])
    assert margin.labels[1] == name


@pytest.mark.usefixtures("settled")
def test_new_year_stands_beside_the_old_and_counts_only_when_chosen() -> None:
    load_shipped(GM)
    before = queries.margins(VARIABLES)
    db.session.commit()
    found = imported("86165NED_zeist.csv", SetKind.NEIGHBOURHOODS, 2025)
    assert queries.margins(VARIABLES) == before
    choose(found, reason="nieuwe cijfers")
    after = {m.variable: m for m in queries.margins(VARIABLES)}
    assert after["sex"].source == "86165NED; 83502NED"
    # what the new set does not have stays that of the set before it
    assert after["education"] == next(m for m in before if m.variable == "education")


@pytest.mark.usefixtures("settled")
def test_frozen_plan_keeps_the_figures_of_its_own_time() -> None:
    with time_machine.travel(datetime(2026, 1, 10, tzinfo=UTC), tick=False):
        load_shipped(GM)
        frozen_at = clock.now()
    old = queries.margins(("age",))
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False):
        choose(imported("03759ned_zeist.csv", SetKind.AGE_SEX, 2021))
    assert queries.margins(("age",)) != old
    assert queries.margins(("age",), as_of=frozen_at) == old


@pytest.mark.usefixtures("settled")
def test_same_file_again_gives_the_set_that_is_there() -> None:
    first = imported("86165NED_zeist.csv", SetKind.NEIGHBOURHOODS, 2025)
    assert imported("86165NED_zeist.csv", SetKind.NEIGHBOURHOODS, 2025).id == first.id


@pytest.mark.usefixtures("settled")
def test_wijk_follows_from_postcode_and_house_number() -> None:
    assert district_of("3701 AA", "1") is None
    choose(imported("pc6hnr20240801_gwb.csv", SetKind.ADDRESSES, 2024))
    whole, divided = district_of("3701aa", "99 bis"), district_of("3702BB", "3 A")
    assert whole is not None
    assert divided is not None
    assert (whole.district_code, whole.certain) == ("WK035501", True)
    assert (divided.district_code, divided.neighbourhood_code, divided.certain) == ("WK035502", "BU03550201", True)
    guessed = district_of("3702 BB", "40")
    assert guessed is not None
    assert (guessed.district_code, guessed.certain) == ("WK035501", False)
    assert district_of("1011AB", "5") is None
    assert district_of("geen postcode", "5") is None


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("separator", [";", ","])
def test_postcode_file_may_be_zipped_and_separated_by_commas(tmp_path: Path, separator: str) -> None:
    text = (FILES / "pc6hnr20240801_gwb.csv").read_text(encoding="utf-8").replace(";", separator)
    packed = tmp_path / "pc6hnr.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pc6hnr20240801_gwb.csv", "\ufeff" + text)
        archive.writestr("LEESMIJ.txt", "uitleg")
    found = take_in(Source(packed, SetKind.ADDRESSES, GM, 2024))
    assert "8 adressen, 3 postcodes; 1 postcodes" in found.remarks[0]


@pytest.mark.usefixtures("settled")
def test_other_municipality_is_read_from_the_same_file() -> None:
    found = imported("pc6hnr20240801_gwb.csv", SetKind.ADDRESSES, 2024, "GM0307")
    assert (found.gm_code, found.rows) == ("GM0307", 1)
