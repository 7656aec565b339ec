"""Tables, pages of a list, steps and charts."""

from typing import Any

import pytest

from tests.unit.components.rendering import render, texts

TABLES = '{% import "components/tables.html" as tables %}'
CHARTS = '{% import "components/charts.html" as charts %}'


def test_table_has_caption_and_scopes_and_escapes_its_cells() -> None:
    page = render(TABLES + "{{ tables.data_table('Leden', ['Wijk', 'Aantal'], [['<i>Noord</i>', 3]], numeric=[1]) }}")
    assert texts(page, ".//caption") == ["Leden"]
    assert texts(page, ".//th[@scope='row']") == ["<i>Noord</i>"]
    assert [found.get("class") for found in page.findall(".//td")] == ["number"]


def test_empty_table_says_so_instead_of_showing_headings() -> None:
    page = render(TABLES + "{{ tables.data_table('Leden', ['Wijk'], [], empty='Nog geen leden.') }}")
    assert texts(page, ".//p") == ["Nog geen leden."]
    assert page.find(".//table") is None


def test_row_of_words_carries_the_names_of_its_columns_for_a_phone() -> None:
    source = (
        TABLES + "{{ tables.data_table('Leden', ['Naam', 'Wijk', 'Gevraagd'], [['An', 'Noord', 3]], numeric=[2]) }}"
    )
    page = render(source)
    cells = page.findall(".//tbody/tr/*")
    assert [cell.get("data-label") for cell in cells] == ["Naam", "Wijk", "Gevraagd"]


def test_table_of_figures_stays_a_table_in_a_region_that_takes_the_focus() -> None:
    source = TABLES + "{{ tables.data_table('Cijfers', ['Groep', 'A', 'B'], [['x', 1, 2]], numeric=[1, 2]) }}"
    page = render(source)
    (region,) = page.findall(".//div[@role='region']")
    assert (region.get("aria-label"), region.get("tabindex")) == ("Tabel: Cijfers", "0")
    assert not [cell for cell in page.iter() if cell.get("data-label")]


def test_sorted_column_is_told_to_screen_readers() -> None:
    header = {"label": "Wijk", "url": "?op=wijk", "direction": "descending"}
    page = render(TABLES + "{{ tables.data_table('Leden', [header], [['Noord']]) }}", header=header)
    assert [found.get("aria-sort") for found in page.findall(".//thead//th")] == ["descending"]


@pytest.mark.parametrize(
    ("page_number", "pages", "shown"),
    [(1, 3, ["1", "2", "3"]), (5, 12, ["1", "…", "3", "4", "5", "6", "7", "…", "12"]), (1, 1, [])],
)
def test_pagination_shows_first_last_and_neighbours(page_number: int, pages: int, shown: list[str]) -> None:
    source = TABLES + "{{ tables.pagination(page_number, pages, url) }}"
    page = render(source, page_number=page_number, pages=pages, url=lambda n: f"?pagina={n}")
    assert [text.removeprefix("Pagina ") for text in texts(page, ".//li")] == shown


def _row(**more: Any) -> dict[str, Any]:
    return {"label": "Noord", "value": 40, "low": 30, "high": 52, "text": "40 %", **more}


def test_bar_is_as_wide_as_its_share_and_the_table_gives_the_margin() -> None:
    page = render(CHARTS + "{{ charts.bar_chart('Noord is tevreden', rows, 'Van 812.') }}", rows=[_row()])
    (bar,) = page.findall(".//{*}rect[@class='chart__bar']")
    assert float(bar.get("width", "").rstrip("%")) == 40
    assert texts(page, ".//details//td") == ["40 %", "30 tot 52"]
    assert "Van 812." in texts(page, ".//figcaption/p")


def test_bar_chart_without_margins_has_no_whiskers_and_no_column_for_them() -> None:
    rows = [{"label": "Noord", "value": 40, "text": "40 %"}]
    page = render(CHARTS + "{{ charts.bar_chart('Noord', rows, '') }}", rows=rows)
    assert page.findall(".//{*}line") == []
    assert texts(page, ".//thead//th") == ["Antwoord", "Aandeel"]


def test_withheld_group_shows_no_figure_in_picture_or_table() -> None:
    page = render(CHARTS + "{{ charts.dot_plot('Wijken', rows, '') }}", rows=[_row(withheld=True)])
    assert page.findall(".//{*}svg") == []
    assert "40" not in "".join(page.itertext())
    assert "te weinig antwoorden" in texts(page, ".//td")


def test_diverging_bar_puts_the_middle_of_neutral_on_the_axis() -> None:
    segments = [
        {"label": "Oneens", "value": 30, "tone": "neg1"},
        {"label": "Neutraal", "value": 20, "tone": "neutral"},
        {"label": "Eens", "value": 50, "tone": "pos1"},
    ]
    rows = [{"label": "Park", "segments": segments}]
    page = render(CHARTS + "{{ charts.diverging_bar('Park', rows, '') }}", rows=rows)
    (neutral,) = page.findall(".//{*}rect[@class='chart__segment chart__neutral']")
    left = float(neutral.get("x", "").rstrip("%"))
    width = float(neutral.get("width", "").rstrip("%"))
    assert left + width / 2 == pytest.approx(50, abs=0.02)
    (last,) = page.findall(".//{*}rect[@class='chart__segment chart__pos1']")
    end = float(last.get("x", "").rstrip("%")) + float(last.get("width", "").rstrip("%"))
    assert end == pytest.approx(100, abs=0.02)


def test_overdue_step_is_said_in_words() -> None:
    source = '{% import "components/steps.html" as steps %}{{ steps.process(steps_) }}'
    page = render(source, steps_=[{"label": "Resultaten", "state": "overdue"}])
    assert texts(page, ".//li") == ["Resultaten te laat"]
