"""Names of columns, ages, rounding and sums are understood in every spelling that the files use."""

from datetime import date
from pathlib import Path

import pytest

from core.errors import ImportRefusedError
from panel.services.population import checks, derivation
from panel.services.population.age_sex import ages_of, name_of
from panel.services.population.figures import Place
from panel.services.population.importing import ages_of_category
from panel.services.population.neighbourhoods import stems
from panel.services.population.reading import Faults, open_table


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("k_0Tot15Jaar_8", "0tot15jaar"),
        ("AantalInwoners_5", "aantalinwoners"),
        ("Bevolking/Leeftijdsgroepen/0 tot 15 jaar (aantal)", "0tot15jaar"),
        ("n_0_15", "n015"),
        ("a_65_oo", "a65oo"),
    ],
)
def test_columns_are_found_by_the_stem_of_their_name(name: str, stem: str) -> None:
    assert stem in stems(name)


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("10000", (0, None)),
        ("Totaal leeftijd", (0, None)),
        ("10010", (0, 0)),
        ("11600", (16, 16)),
        ("70400", (15, 19)),
        ("15 tot 20 jaar", (15, 19)),
        ("15-19", (15, 19)),
        ("22000", (95, None)),
        ("95 jaar of ouder", (95, None)),
        ("95+", (95, None)),
        ("16 jaar", (16, 16)),
        ("zestien", None),
    ],
)
def test_ages_are_understood_as_code_and_as_label(text: str, ages: tuple[int, int | None] | None) -> None:
    assert ages_of(text) == ages


def test_names_of_ages_are_those_of_the_shipped_figures() -> None:
    assert [name_of(a) for a in ((15, 19), (95, None), (16, 16))] == ["15-19", "95+", "16"]
    assert ages_of_category("sex_age5", "male|15-19") == (15, 19)
    assert ages_of_category("age_coarse", "65+") == (65, None)
    assert ages_of_category("sex_age1", "female|16") == (16, 16)
    assert ages_of_category("education", "low") == (15, 74)
    assert ages_of_category("sex", "male") == (0, None)


def test_rounding_keeps_the_sum() -> None:
    assert derivation.round_with_sum([1.4, 1.4, 1.2]) == [2, 1, 1]
    assert sum(derivation.round_with_sum([0.5, 10.25, 3.25])) == 14


def test_single_years_give_those_of_sixteen_exactly() -> None:
    counts = {("sex_age1", f"{sex}|{age}"): 10 for sex in ("male", "female") for age in range(95)}
    counts |= {("sex_age1", f"{sex}|95+"): 5 for sex in ("male", "female")}
    place = Place(1, "GM0355", "Zeist", counts)
    structure = derivation.structure_of(place, date(2025, 1, 1), "03759ned")
    assert structure is not None
    table = derivation.panel_table(structure.table)
    assert table["male", "16-29"] == 140
    assert table["female", "75+"] == 205
    assert derivation.fifteen(structure.table) == 20


@pytest.mark.parametrize(("men", "refused"), [(4986, False), (4990, False), (5013, True), (4900, True)])
def test_sums_may_differ_by_what_rounding_explains_and_no_more(men: int, refused: bool) -> None:
    place = Place(
        3, "WK035501", "Centrum", {("population", "total"): 9995, ("sex", "male"): men, ("sex", "female"): 5005}
    )
    faults = Faults()
    columns = {("population", "total"): "a", ("sex", "male"): "b", ("sex", "female"): "c"}
    checks.check_places([place], "GM0355", columns, faults)
    assert bool(faults.found) is refused


@pytest.mark.parametrize("content", ["naam;waarde\nCafé;1\n".encode(), "naam;waarde\nCafé;1\n".encode("cp1252")])
def test_text_is_read_in_both_encodings(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with open_table(path) as table:
        assert list(table.rows) == [(2, ["Café", "1"])]


def test_progress_is_told_and_ends_at_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("naam;waarde\n" + "x;1\n" * 45_000)
    told: list[tuple[int, int]] = []
    with open_table(path, lambda done, total: told.append((done, total))) as table:
        assert sum(1 for _row in table.rows) == 45_000
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
    assert len(told) == 3


def test_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"")
    with pytest.raises(ImportRefusedError), open_table(path):
        pass
