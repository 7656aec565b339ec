"""The command that weighs a file from elsewhere: R's weights, a readable report, refusals that say what to do."""

import hashlib
import html
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import html5lib
import numpy as np
import pytest
from click.testing import CliRunner
from flask import Flask

from feedback.cli import ANALYSIS
from tests.integration.feedback.analyst_files import DATA, MARGINS, PLAN, ROOT, Desk, plan_text
from tests.reference.reference_cases import outputs

FIVE = 'margins = ["leeftijd", "geslacht", "wijk", "opleiding", "huishouden"]'

ITEM = '[tables]\n[[tables.items]]\nname = "v1"\nkind = "several"\n'


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def parse(page: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def test_example_gives_the_weights_of_r(desk: Desk) -> None:
    """Reference case rake_panel_a_5m."""
    result = desk.weigh()
    assert result.exit_code == 0, result.output
    np.testing.assert_allclose(desk.weights(), outputs("rake_panel_a_5m")["weights"], rtol=1e-8)
    given = DATA.read_text("utf-8").replace('"', "").splitlines()
    written = desk.weighted.read_text("utf-8-sig").splitlines()
    assert [line.rsplit(",", 2)[0] for line in written] == given


CASES = {
    "rake_panel_a_baseweights_4m": 'margins = ["leeftijd", "geslacht", "wijk", "opleiding"]',
    "rake_panel_a_cross_margin": 'margins = ["leeftijd*geslacht", "wijk*opleiding", "huishouden"]',
}


@pytest.mark.parametrize("case", CASES)
def test_base_weights_and_crossed_margins_give_the_weights_of_r(desk: Desk, case: str) -> None:
    base = "trekkingsgewicht" if case == "rake_panel_a_baseweights_4m" else ""
    plan = desk.lay("plan.toml", plan_text(CASES[case], data=f'id = "id"\nbase_weight = "{base}"'))
    result = desk.weigh(plan=plan)
    assert result.exit_code == 0, result.output
    np.testing.assert_allclose(desk.weights(), outputs(case)["weights"], rtol=1e-8)


@pytest.mark.parametrize(
    ("name", "distance"), [("linear", '"linear"'), ("raking", '"raking"'), ("logit", '"logit"\nbounds = [0.3, 3]')]
)
def test_numeric_totals_and_other_distances_give_the_weights_of_r(desk: Desk, name: str, distance: str) -> None:
    """Reference case calibrate_panel_a_mixed."""
    weighting = f'margins = ["geslacht", "opleiding"]\ntotals = ["leeftijd_jaar"]\ndistance = {distance}'
    plan = desk.lay("plan.toml", plan_text(weighting, data='id = "id"\nbase_weight = "trekkingsgewicht"'))
    result = desk.weigh(plan=plan)
    assert result.exit_code == 0, result.output
    np.testing.assert_allclose(desk.weights(), outputs("calibrate_panel_a_mixed")[name]["weights"], rtol=1e-8)


def test_weights_read_back_from_a_dutch_file_are_the_same(desk: Desk) -> None:
    data = desk.lay("data.csv", b"\xef\xbb\xbf" + DATA.read_bytes().replace(b",", b";").replace(b".", b","))
    assert desk.weigh(data).exit_code == 0
    np.testing.assert_allclose(desk.weights(delimiter=";"), outputs("rake_panel_a_5m")["weights"], rtol=1e-8)
    assert re.search(r";43,966246076\d+;1,1187986972\d+\r\n", desk.weighted.read_bytes().decode())


def test_trimmed_weights_keep_to_bounds_and_margins(desk: Desk) -> None:
    plan = desk.lay("plan.toml", plan_text(f"{FIVE}\ntrim = [0.4, 2.5]"))
    result = desk.weigh(plan=plan)
    assert result.exit_code == 0, result.output
    ratios = desk.weights() / desk.weights().mean()
    assert 0.4 - 1e-8 <= ratios.min() <= ratios.max() <= 2.5 + 1e-8
    assert abs(desk.weights().sum() / 51873 - 1) < 1e-10
    assert "Afgekapte gewichten" in desk.page("weging.html")


def test_members_of_a_household_get_one_weight(desk: Desk) -> None:
    rows = DATA.read_text("utf-8").replace('"', "").splitlines()
    lines = [f"{rows[0]},adres", *(f"{row},{number // 3}" for number, row in enumerate(rows[1:]))]
    weighting = 'margins = ["leeftijd", "geslacht"]\ndistance = "linear"\nhousehold = "mean"'
    plan = desk.lay("plan.toml", plan_text(weighting, data='id = "id"\nhousehold = "adres"'))
    result = desk.weigh(desk.lay("data.csv", "\n".join(lines)), plan=plan)
    assert result.exit_code == 0, result.output
    weights = desk.weights().reshape(-1, 3)
    np.testing.assert_allclose(weights, np.repeat(weights[:, :1], 3, axis=1), rtol=1e-12)
    both = 'id = "id"\nhousehold = "adres"\nclusters = "adres"'
    result = desk.tabulate(desk.lay("t.toml", plan_text(weighting, ITEM.removeprefix("[tables]\n"), data=both)))
    assert result.exit_code == 0, result.output
    assert desk.rows(vraag="v1")[0]["vrijheidsgraden"] == "439"


def test_figures_that_the_product_ships_are_read_as_they_are(desk: Desk) -> None:
    rng = np.random.default_rng(3)
    ages, schools = ["16-29", "30-39", "40-54", "55-64", "65-74", "75+"], ["low", "middle", "high"]
    lines = ["id;sex;age;education"]
    for number in range(600):
        age = ages[int(rng.integers(6))]
        school = "outside_75_plus" if age == "75+" else schools[int(rng.integers(3))]
        lines.append(f"{number};{('male', 'female')[int(rng.integers(2))]};{age};{school}")
    weighting = 'margins = ["sex", "age", "education"]\n[weighting.excluded_classes]\neducation = ["outside_75_plus"]'
    population = 'municipality = "GM0355"\nderivation_tolerance = 0.005'
    plan = desk.lay("plan.toml", plan_text(weighting, population=population))
    margins = ROOT / "data" / "margins_16plus.csv"
    data = desk.lay("data.csv", "\n".join(lines))
    result = desk.weigh(data, margins=margins, plan=plan)
    assert result.exit_code == 0, result.output
    weights = desk.weights(delimiter=";")
    male = np.array(["male;" in line for line in lines[1:]]) & np.array(["female" not in line for line in lines[1:]])
    assert weights[male].sum() == pytest.approx(26586, rel=1e-9)
    assert "Bron: 86165NED; 83502NED, 2025-01-01" in desk.page("weging.html")
    item = '[tables]\n[[tables.items]]\nname = "sex"\n'
    assert desk.tabulate(desk.lay("t.toml", plan.read_text("utf-8") + item)).exit_code == 0
    assert desk.column("waarde", antwoord="male")[0] == pytest.approx(26586 / 54853, rel=1e-9)
    without = desk.lay("plan.toml", plan_text(weighting, population="derivation_tolerance = 0.005"))
    refused = desk.weigh(data, margins=margins, plan=without)
    assert refused.exit_code == 3
    assert "population.municipality" in refused.output


def test_same_files_give_the_same_bytes(desk: Desk) -> None:
    assert desk.weigh().exit_code == 0
    first = {name: (desk.folder / name).read_bytes() for name in desk.names()}
    assert desk.weigh().exit_code == 0
    assert {name: (desk.folder / name).read_bytes() for name in desk.names()} == first


def test_report_is_one_valid_page_without_script_that_names_its_files(desk: Desk) -> None:
    desk.weigh()
    page = desk.page("weging.html")
    parse(page)
    assert not re.search(r"<script|<link|https?://|\sstyle=|\son[a-z]+=", page)
    assert "1.320 mensen gaven antwoord. Samen staan zij na de weging voor 51.873 inwoners." in page
    assert "Opleiding: te weinig antwoorden van laag (13,9 % in plaats van 23,6 %)" in page
    for path in (DATA, MARGINS, PLAN):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in page
    assert html.escape(PLAN.read_text("utf-8")).replace("&quot;", "&#34;") in page
    assert "Let op:" not in page
    assert page.count("<figure") == page.count("Bekijk de cijfers in een tabel")


def without(text: str, word: str) -> str:
    return "\n".join(line for line in text.splitlines() if word not in line)


def test_empty_group_is_refused_and_the_printed_lines_accept_the_merge(desk: Desk) -> None:
    data = desk.lay("data.csv", without(DATA.read_text("utf-8"), "16-24"))
    before = desk.names()
    result = desk.weigh(data)
    assert result.exit_code == 4
    assert "margin leeftijd, category 16-24: 6215 in the population, no respondents" in result.output
    assert "merge 16-24 with 25-34" in result.output
    assert desk.names() == before
    snippet = re.search(r"\[\[weighting\.merges\]\]\n(?:\w+ = .*\n){3}", result.output)
    assert snippet is not None
    plan = desk.lay("plan.toml", PLAN.read_text("utf-8") + "\n" + snippet.group())
    accepted = desk.weigh(data, plan=plan)
    assert accepted.exit_code == 0, accepted.output
    assert "Leeftijd: 16-24 samen met 25-34" in desk.page("weging.html")
    assert desk.tabulate(plan=plan).exit_code == 0


def test_every_reason_of_a_refusal_is_told_at_once(desk: Desk) -> None:
    text = DATA.read_text("utf-8").replace('"West"', '"Elders"').replace('"eenouder"', '""')
    result = desk.weigh(desk.lay("data.csv", without(text, "Vollenhove")))
    assert result.exit_code == 4
    assert '[weighting.own_classes]\n"wijk" = ["Elders"]' in result.output
    assert "Elders" in result.output
    text = without(DATA.read_text("utf-8").replace('"eenouder"', '""'), "Vollenhove")
    result = desk.weigh(desk.lay("data.csv", text))
    assert "margin huishouden" in result.output
    assert "Vollenhove" in result.output


def test_class_of_its_own_keeps_its_share(desk: Desk) -> None:
    text = DATA.read_text("utf-8").replace('"eenouder"', '"geen antwoord"')
    weighting = 'margins = ["leeftijd", "geslacht", "huishouden"]\n'
    plan = desk.lay("plan.toml", plan_text(weighting + '[weighting.own_classes]\nhuishouden = ["geen antwoord"]'))
    counts = without(MARGINS.read_text("utf-8"), "eenouder").replace("eenpersoons,15396", "eenpersoons,18563")
    result = desk.weigh(desk.lay("data.csv", text), margins=desk.lay("margins.csv", counts), plan=plan)
    assert result.exit_code == 0, result.output
    silent = np.array(["geen antwoord" in line for line in text.splitlines()[1:]])
    assert desk.weights()[silent].sum() / 51873 == pytest.approx(silent.mean(), rel=1e-9)
    assert desk.tabulate(plan=desk.lay("t.toml", plan.read_text() + ITEM)).exit_code == 0


def test_margins_that_contradict_each_other_are_refused_with_their_sums(desk: Desk) -> None:
    margins = desk.lay("margins.csv", MARGINS.read_text("utf-8").replace("man,24891", "man,20000"))
    result = desk.weigh(margins=margins)
    assert result.exit_code == 4
    assert "margin geslacht adds up to 46982, the declared total is 51873" in result.output
    assert "Nothing was written." in result.output


def test_bounds_that_are_too_tight_name_the_group(desk: Desk) -> None:
    plan = desk.lay("plan.toml", plan_text(f'{FIVE}\ndistance = "truncated"\nbounds = [0.9, 1.1]'))
    result = desk.weigh(plan=plan)
    assert result.exit_code == 4
    assert re.search(r"weights of 0\.9 to 1\.1 times the base weights cannot meet \w+, category", result.output)
    assert "widen the bounds" in result.output


def test_households_are_not_persons(desk: Desk) -> None:
    text = re.sub(r"(?m)^(huishouden,.*),person,", r"\1,household,", MARGINS.read_text("utf-8"))
    result = desk.weigh(margins=desk.lay("margins.csv", text))
    assert result.exit_code == 4
    assert "margin huishouden counts households, the panel population counts persons" in result.output


WRONG = {
    "weight": (r",11\.6168559473999,", ",elf,", "line 2, column trekkingsgewicht, 'elf': this is no number"),
    "negative": (r",11\.6168559473999,", ",-1,", "line 2, column trekkingsgewicht, '-1': this must be more than 0"),
    "no weight": (r",11\.6168559473999,", ",,", "line 2, column trekkingsgewicht: this must be more than 0"),
    "unknown code": (
        '"35-49"',
        '"35 - 49"',
        "line 2, column leeftijd, '35 - 49': this is no code of leeftijd; expected",
    ),
    "no id": (r"(?m)^20,", ",", "line 2, column id: this is empty"),
    "double id": (r"(?m)^55,", "20,", "line 3, column id, '20': this number stands on an earlier line too"),
    "double heading": ("geslacht", "leeftijd", "line 1, column geslacht: this column is missing"),
    "taken column": ("voorkeur", "gewicht", "line 1, column gewicht: the data have this column already"),
}


@pytest.mark.parametrize(("old", "new", "words"), WRONG.values(), ids=list(WRONG))
def test_wrong_data_are_refused_by_line_and_column(desk: Desk, old: str, new: str, words: str) -> None:
    text, count = re.subn(old, new, DATA.read_text("utf-8"), count=1)
    assert count
    plan = PLAN.read_text("utf-8").replace('id = "id"', 'id = "id"\nbase_weight = "trekkingsgewicht"')
    result = desk.weigh(desk.lay("data.csv", text), plan=desk.lay("plan.toml", plan))
    assert result.exit_code == 3
    assert words in result.output
    assert desk.names() == {"data.csv", "plan.toml"}


WRONG_MARGINS = {
    "no number": ("man,24891", "man,veel", "column total, 'veel': this is no number of 0 or more"),
    "unit": ("man,24891,person", "man,24891,mens", "column unit, 'mens': this is no unit"),
    "age": ("man,24891,person,16", "man,24891,person,oud", "column age_min, 'oud': this is no age"),
    "double": ("vrouw,26982", "man,26982", "column category, 'man': geslacht has this category on line 8 too"),
    "no total": ("total", "totaal", "column total: this column is missing"),
    "no margin": ("wijk,", "buurt,", "wijk is no variable of margins.csv"),
    "no name": ("geslacht,man,", ",man,", "column variable: this is empty"),
}


@pytest.mark.parametrize(("old", "new", "words"), WRONG_MARGINS.values(), ids=list(WRONG_MARGINS))
def test_wrong_margins_are_refused(desk: Desk, old: str, new: str, words: str) -> None:
    text = MARGINS.read_text("utf-8")
    assert old in text
    result = desk.weigh(margins=desk.lay("margins.csv", text.replace(old, new)))
    assert result.exit_code == 3
    assert words in result.output


def test_numeric_total_with_categories_is_refused(desk: Desk) -> None:
    plan = desk.lay("plan.toml", plan_text('margins = ["wijk"]\ntotals = ["geslacht"]'))
    result = desk.weigh(plan=plan)
    assert result.exit_code == 3
    assert "a numeric total has one row, with an empty category" in result.output


def test_cells_that_start_a_formula_are_guarded_in_what_is_written(desk: Desk) -> None:
    text = DATA.read_text("utf-8").replace('"neutraal"', '"- geen mening"').replace('"C"', '"+31 30"')
    plan = desk.lay("plan.toml", plan_text(FIVE))
    assert desk.weigh(desk.lay("data.csv", text), plan=plan).exit_code == 0
    written = desk.weighted.read_text("utf-8-sig")
    assert ",'- geen mening,8,30.12,4468.58,'+31 30," in written


def test_nothing_that_is_read_is_written_over(desk: Desk) -> None:
    desk.weighted.write_bytes(DATA.read_bytes())
    result = desk.weigh(desk.weighted)
    assert result.exit_code == 2
    assert desk.weighted.read_bytes() == DATA.read_bytes()


def test_command_works_without_settings_and_without_a_database(desk: Desk) -> None:
    code = "import sys; from feedback.cli import ANALYSIS; ANALYSIS(sys.argv[1:])"
    arguments = ["weigh", DATA, "--margins", MARGINS, "--plan", PLAN, "--out", desk.weighted]
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments), "--report", str(desk.folder / "w.html")],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1320 respondents weighted to 51873; largest margin error ")


def test_commands_belong_to_the_application(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["analysis", "weigh", "--help"])
    assert result.exit_code == 0
    assert "Weigh the respondents in DATA to population margins, by a plan." in result.output
    assert "Exit codes" in result.output


def test_plan_without_the_part_that_a_command_needs_is_refused(desk: Desk) -> None:
    plan = desk.lay("plan.toml", plan_text(""))
    result = desk.weigh(plan=plan)
    assert result.exit_code == 3
    assert "[weighting] is missing" in result.output
    assert desk.weigh().exit_code == 0
    result = desk.tabulate(plan)
    assert result.exit_code == 3
    assert "[tables] is missing" in result.output


def test_population_without_a_total_is_refused(desk: Desk) -> None:
    weighting = 'margins = ["opleiding"]\n[weighting.excluded_classes]\nopleiding = ["hoog"]'
    result = desk.weigh(plan=desk.lay("plan.toml", plan_text(weighting)))
    assert result.exit_code == 3
    assert "population.total is missing, and no margin covers the whole population" in result.output
    with_total = desk.lay("plan.toml", plan_text(weighting, population="total = 51873"))
    assert desk.weigh(plan=with_total).exit_code == 0
    assert desk.weights().sum() == pytest.approx(51873)


def test_file_that_cannot_be_written_leaves_nothing_behind(desk: Desk) -> None:
    place = desk.folder / "nieuw"
    arguments = ["weigh", DATA, "--margins", MARGINS, "--plan", PLAN, "--out", desk.weighted]
    result = CliRunner().invoke(ANALYSIS, [str(a) for a in (*arguments, "--report", place / "weging.html")])
    assert result.exit_code == 2
    assert "does not exist" in result.output
    # a name that no file system takes
    result = CliRunner().invoke(ANALYSIS, [str(a) for a in (*arguments, "--report", desk.folder / ("w" * 254))])
    assert result.exit_code == 5
    assert "nothing was written" in result.output
    assert desk.names() == set()


def test_small_groups_are_named_with_the_merge_that_the_plan_declares(desk: Desk) -> None:
    lines = DATA.read_text("utf-8").splitlines()
    young = [line for line in lines if "16-24" in line]
    left = [line for line in lines if line not in young[4:]]
    assert desk.weigh(desk.lay("data.csv", "\n".join(left))).exit_code == 0
    page = desk.page("weging.html")
    assert "<strong>Leeftijd: 16-24</strong> (4 antwoorden). Voorstel: samenvoegen met 25-34." in page
    assert "into = &#34;25-34&#34;" in page
    assert "Let op:" in page
