"""The command that tabulates a weighted file: R's figures and errors, small groups withheld, differences guarded."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.integration.feedback.analyst_files import DATA, PLAN, Desk, plan_text
from tests.integration.feedback.test_analyst_weighing import parse
from tests.reference.reference_cases import outputs

FIVE = 'margins = ["leeftijd", "geslacht", "wijk", "opleiding", "huishouden"]'
ITEMS = """
[[tables.items]]
name = "v"
kind = "several"
columns = ["v1", "v2", "v3", "v4", "v5", "v6"]

[[tables.items]]
name = "stelling"

[[tables.items]]
name = "voorkeur"

[[tables.items]]
name = "rapportcijfer"
kind = "scale"
points = 10

[[tables.items]]
name = "leeftijd_jaar"
kind = "number"
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def tabulated(desk: Desk, tables: str, weighting: str = FIVE, data: str = 'id = "id"') -> str:
    """Weigh the example and tabulate it; the message of the second command."""
    assert desk.weigh(plan=desk.lay("w.toml", plan_text(weighting, data=data))).exit_code == 0
    result = desk.tabulate(desk.lay("plan.toml", plan_text(weighting, tables, data=data)))
    assert result.exit_code == 0, result.output
    return result.output


def test_shares_and_errors_of_everybody_are_those_of_r(desk: Desk) -> None:
    """Reference case rake_panel_a_5m, with the exact errors of calibration."""
    tabulated(desk, ITEMS)
    found, case = desk.rows(vraag="v"), outputs("rake_panel_a_5m")
    assert [row["antwoord"] for row in found] == ["v1", "v2", "v3", "v4", "v5", "v6"]
    numeric = [*desk.column("waarde", vraag="v"), *desk.column("waarde", vraag="leeftijd_jaar", maat="gemiddelde")]
    np.testing.assert_allclose(numeric, case["mean"]["estimate"], rtol=1e-10)
    errors = [
        *desk.column("standaardfout", vraag="v"),
        *desk.column("standaardfout", vraag="leeftijd_jaar", maat="gemiddelde"),
    ]
    np.testing.assert_allclose(errors, case["se_exact_calibration"], rtol=1e-8)
    grade = case["mean_na_rm"]["rapportcijfer"]
    np.testing.assert_allclose(desk.column("waarde", vraag="rapportcijfer", maat="gemiddelde"), grade["estimate"])
    assert desk.rows(vraag="rapportcijfer", maat="gemiddelde")[0]["antwoorden"] == "1256"


@pytest.mark.parametrize("variable", ["leeftijd", "wijk", "opleiding"])
def test_shares_and_errors_of_groups_are_those_of_r(desk: Desk, variable: str) -> None:
    """Reference case by_panel_a_raked."""
    tabulated(desk, f'breakdowns = ["{variable}"]\n{ITEMS}')
    for item in ("v1", "v2", "v3"):
        case = outputs("by_panel_a_raked")[f"{item} by {variable}"]
        rows = desk.rows(vraag="v", antwoord=item, uitsplitsing=variable, soort="cijfer")
        assert [row["groep"] for row in rows] == case["domains"]
        exact = [number for number, row in enumerate(rows) if not row["opmerking"]]
        assert len(exact) >= len(rows) - 1
        for column, name, tolerance in (("waarde", "estimate", 1e-10), ("standaardfout", "se", 1e-8)):
            found = [float(rows[number][column].replace(",", ".")) for number in exact]
            np.testing.assert_allclose(found, np.array(case[name])[exact], rtol=tolerance)


def test_tests_of_association_are_those_of_r(desk: Desk) -> None:
    """Reference case chisq_panel_a_raked."""
    tabulated(desk, f'breakdowns = ["leeftijd", "opleiding"]\n{ITEMS}')
    for item, variable in (("stelling", "leeftijd"), ("voorkeur", "opleiding")):
        case = outputs("chisq_panel_a_raked")[f"{item}_{variable}"]["F"]
        wanted = {"soort": "toets", "vraag": item, "uitsplitsing": variable}
        np.testing.assert_allclose(desk.column("toetsingsgrootheid", **wanted), case["statistic"], rtol=1e-8)
        np.testing.assert_allclose(desk.column("p-waarde", **wanted), case["p_value"], rtol=1e-8)


def test_weights_taken_as_fixed_have_the_naive_errors(desk: Desk) -> None:
    assert desk.weigh(plan=desk.lay("w.toml", plan_text(FIVE))).exit_code == 0
    assert desk.tabulate(desk.lay("plan.toml", plan_text("", ITEMS))).exit_code == 0
    naive = outputs("rake_panel_a_5m")["naive_se_weights_as_fixed"]
    np.testing.assert_allclose(desk.column("standaardfout", vraag="v"), naive[:6], rtol=1e-8)
    assert "gewichten als vast genomen" in desk.page("tabellen.html")


def test_weights_that_the_plan_does_not_make_are_refused(desk: Desk) -> None:
    assert desk.weigh().exit_code == 0
    other = desk.lay("plan.toml", plan_text('margins = ["leeftijd", "geslacht"]', ITEMS))
    result = desk.tabulate(other)
    assert result.exit_code == 3
    assert "column gewicht does not hold the weights that [weighting] makes" in result.output
    assert "tabellen.csv" not in desk.names()


@pytest.mark.parametrize(
    "weighting",
    [
        f"{FIVE}\ntrim = [0.4, 2.5]",
        'margins = ["geslacht", "opleiding"]\ntotals = ["leeftijd_jaar"]\ndistance = "logit"\nbounds = [0.3, 3]',
        'margins = ["leeftijd*geslacht", "wijk"]',
    ],
    ids=["trimmed", "bounded", "crossed"],
)
def test_design_is_made_again_whatever_made_the_weights(desk: Desk, weighting: str) -> None:
    data = 'id = "id"\nbase_weight = "trekkingsgewicht"\nstrata = "stratum"\nfpc = "populatie_stratum"'
    tabulated(desk, ITEMS, weighting, data)
    assert "residuen van de calibratie" in desk.page("tabellen.html")
    if "totals" in weighting:
        case = outputs("calibrate_panel_a_mixed")["logit"]["mean"]
        np.testing.assert_allclose(desk.column("waarde", vraag="v")[:2], case["estimate"][:2], rtol=1e-10)


def test_stratified_calibration_has_the_errors_of_r(desk: Desk) -> None:
    """Reference case calibrate_panel_a_mixed: strata, unequal base weights, a numeric total."""
    weighting = 'margins = ["geslacht", "opleiding"]\ntotals = ["leeftijd_jaar"]\ndistance = "logit"\nbounds = [0.3, 3]'
    tabulated(desk, ITEMS, weighting, 'id = "id"\nbase_weight = "trekkingsgewicht"\nstrata = "stratum"')
    case = outputs("calibrate_panel_a_mixed")["logit"]["mean"]
    np.testing.assert_allclose(desk.column("standaardfout", vraag="v")[:2], case["se"][:2], rtol=1e-8)


def test_replicates_agree_with_linearization_and_repeat_with_their_seed(desk: Desk) -> None:
    items = ITEMS.split("[[tables.items]]")[1].join(["[[tables.items]]", ""])
    tabulated(desk, items)
    linear = desk.column("standaardfout", vraag="v")
    tabulated(desk, f"replicates = 200\nseed = 7\n{items}")
    first = desk.column("standaardfout", vraag="v")
    tabulated(desk, f"replicates = 200\nseed = 7\n{items}")
    np.testing.assert_array_equal(desk.column("standaardfout", vraag="v"), first)
    np.testing.assert_allclose(first, linear, rtol=0.2)
    assert (first != linear).all()
    assert "200 herhalingen (Rao-Wu-bootstrap), startgetal 7" in desk.page("tabellen.html")


def test_replicates_of_trimmed_weights_are_refused(desk: Desk) -> None:
    weighting = f"{FIVE}\ntrim = [0.4, 2.5]"
    assert desk.weigh(plan=desk.lay("w.toml", plan_text(weighting))).exit_code == 0
    result = desk.tabulate(desk.lay("plan.toml", plan_text(weighting, f"replicates = 50\n{ITEMS}")))
    assert result.exit_code == 3
    assert "tables.replicates goes with raking without bounds or trim" in result.output


def test_breakdown_with_a_small_group_is_withheld_whole(desk: Desk) -> None:
    text = DATA.read_text("utf-8")
    head, *lines = text.splitlines()
    rows = [f'{line},"{"zeven" if number < 7 else "groot"}"' for number, line in enumerate(lines)]
    data = desk.lay("data.csv", "\n".join([f"{head},groep", *rows]))
    assert desk.weigh(data, plan=desk.lay("w.toml", plan_text(FIVE))).exit_code == 0
    plan = desk.lay("plan.toml", plan_text(FIVE, f'breakdowns = ["groep"]\n{ITEMS}'))
    result = desk.tabulate(plan)
    assert result.exit_code == 0, result.output
    assert "5 breakdowns withheld" in result.output
    rows_of_group = desk.rows(uitsplitsing="groep")
    assert [row["opmerking"] for row in rows_of_group] == ["te weinig antwoorden"] * 5
    assert {row["waarde"] + row["antwoorden"] for row in rows_of_group} == {""}
    page = desk.page("tabellen.html")
    assert "zeven" not in page.split("Het plan")[0]
    assert page.count("Daarom laten we deze tabel niet zien.") == 5


def test_sensitive_question_is_withheld_where_few_gave_an_answer(desk: Desk) -> None:
    head, *lines = DATA.read_text("utf-8").splitlines()
    rows = [f"{line},{int(number % 300 == 0)}" for number, line in enumerate(lines)]
    data = desk.lay("data.csv", "\n".join([f"{head},geloof", *rows]))
    item = '[[tables.items]]\nname = "geloof"\nkind = "several"\nsensitive = '
    assert desk.weigh(data, plan=desk.lay("w.toml", plan_text(FIVE))).exit_code == 0
    for sensitive, withheld in (("false", ""), ("true", "te weinig antwoorden (gevoelige vraag)")):
        assert desk.tabulate(desk.lay("plan.toml", plan_text(FIVE, item + sensitive))).exit_code == 0
        assert [row["opmerking"] for row in desk.rows(vraag="geloof")] == [withheld]


def test_extreme_shares_of_groups_are_bands_and_the_rest_is_rounded(desk: Desk) -> None:
    text = re.sub(r'"(helemaal )?oneens"', '"eens"', DATA.read_text("utf-8"))
    head, *lines = text.splitlines()
    lines = [line.replace('"eens"', '"oneens"', 1) if number % 40 == 0 else line for number, line in enumerate(lines)]
    assert (
        desk.weigh(desk.lay("data.csv", "\n".join([head, *lines])), plan=desk.lay("w.toml", plan_text(FIVE))).exit_code
        == 0
    )
    item = 'breakdowns = ["geslacht"]\n[[tables.items]]\nname = "stelling"'
    assert desk.tabulate(desk.lay("plan.toml", plan_text(FIVE, item))).exit_code == 0
    rows = desk.rows(uitsplitsing="geslacht", groep="man", soort="cijfer")
    bands = {row["antwoord"]: (row["waarde"], row["standaardfout"], row["opmerking"]) for row in rows}
    assert bands["oneens"] == ("", "", "minder dan 5 %")
    assert all(
        float(value.replace(",", ".")) * 20 % 1 < 1e-9 for name, (value, _, _) in bands.items() if name != "oneens"
    )
    assert {error for _, error, _ in bands.values()} == {""}
    assert "minder dan 5 %" in desk.page("tabellen.html")


def test_only_guarded_differences_are_named(desk: Desk) -> None:
    tabulated(desk, f'breakdowns = ["opleiding"]\n{ITEMS}')
    named = desk.rows(soort="verschil")
    assert named
    assert all(float(row["p-waarde na correctie"].replace(",", ".")) <= 0.05 for row in named)
    sentences = desk.page("tabellen.html").count("dan bij alle anderen")
    assert sentences == len(named)
    shuffled = desk.lay("data.csv", _shuffled_column("opleiding"))
    assert desk.weigh(shuffled, plan=desk.lay("w.toml", plan_text('margins = ["leeftijd"]'))).exit_code == 0
    tables = f'breakdowns = ["opleiding"]\nsignificance = 0.001\n{ITEMS}'
    assert desk.tabulate(desk.lay("plan.toml", plan_text('margins = ["leeftijd"]', tables))).exit_code == 0
    assert desk.rows(soort="verschil") == []
    assert "De verschillen tussen deze groepen kunnen toeval zijn." in desk.page("tabellen.html")


def _shuffled_column(name: str) -> str:
    lines = [line.split(",") for line in DATA.read_text("utf-8").replace('"', "").splitlines()]
    place = lines[0].index(name)
    order = np.random.default_rng(1).permutation(len(lines) - 1)
    column = [lines[1 + number][place] for number in order]
    for line, value in zip(lines[1:], column, strict=True):
        line[place] = value
    return "\n".join(",".join(line) for line in lines)


def test_list_of_tables_is_audited_and_gives_no_hidden_group_away(desk: Desk) -> None:
    head, *lines = DATA.read_text("utf-8").splitlines()
    # four people have no group: the total less the groups would tell who they are
    rows = [f"{line},{'' if number < 4 else 'ab'[number % 2]}" for number, line in enumerate(lines)]
    assert (
        desk.weigh(
            desk.lay("data.csv", "\n".join([f"{head},groep", *rows])), plan=desk.lay("w.toml", plan_text(FIVE))
        ).exit_code
        == 0
    )
    tables = 'breakdowns = ["groep", "geslacht"]\n[[tables.items]]\nname = "stelling"'
    assert desk.tabulate(desk.lay("plan.toml", plan_text(FIVE, tables))).exit_code == 0
    assert [row["opmerking"] for row in desk.rows(uitsplitsing="groep")] == ["volgt uit andere tabellen"]
    assert "geen verborgen cel" in desk.page("tabellen.html")
    assert len(desk.rows(uitsplitsing="geslacht", soort="cijfer")) == 10
    off = f"audit = false\n{tables}"
    assert desk.tabulate(desk.lay("plan.toml", plan_text(FIVE, off))).exit_code == 0
    assert len(desk.rows(uitsplitsing="groep", soort="cijfer")) == 10
    assert "De lijst van tabellen is niet nagerekend." in desk.page("tabellen.html")


def test_rankings_and_budgets_are_tabulated(desk: Desk) -> None:
    rng = np.random.default_rng(5)
    head, *lines = DATA.read_text("utf-8").splitlines()
    made = [f"{head},r1,r2,r3,b1,b2"]
    for number, line in enumerate(lines):
        ranks = [str(rank) for rank in rng.permutation(3) + 1]
        ranks = ["", "", ""] if number % 50 == 0 else ranks
        made.append(f"{line},{','.join(ranks)},{number % 101},{100 - number % 101}")
    assert desk.weigh(desk.lay("data.csv", "\n".join(made)), plan=desk.lay("w.toml", plan_text(FIVE))).exit_code == 0
    items = (
        'breakdowns = ["geslacht"]\n'
        '[[tables.items]]\nname = "rang"\nkind = "ranking"\ncolumns = ["r1", "r2", "r3"]\n'
        '[[tables.items]]\nname = "geld"\nkind = "budget"\ncolumns = ["b1", "b2"]\n'
        'labels = { b1 = "Groen", b2 = "Wegen" }'
    )
    result = desk.tabulate(desk.lay("plan.toml", plan_text(FIVE, items)))
    assert result.exit_code == 0, result.output
    everybody = {"uitsplitsing": "", "soort": "cijfer"}
    assert desk.column("waarde", vraag="rang", maat="gemiddelde plaats", **everybody).sum() == pytest.approx(6)
    assert desk.column("waarde", vraag="rang", maat="op de eerste plaats", **everybody).sum() == pytest.approx(1)
    assert desk.column(
        "waarde", vraag="geld", maat="gemiddeld deel van het budget", **everybody
    ).sum() == pytest.approx(1)
    parse(desk.page("tabellen.html"))
    broken = "\n".join(made).replace(",100,0", ",100,1")
    assert desk.weigh(desk.lay("data.csv", broken), plan=desk.lay("w.toml", plan_text(FIVE))).exit_code == 0
    refused = desk.tabulate(desk.lay("plan.toml", plan_text(FIVE, items)))
    assert refused.exit_code == 4
    assert "budgets do not add up to 100 points" in refused.output


WRONG_ANSWERS = {
    "scale": ('name = "inkomen"\nkind = "scale"', "expected a whole number from 1 to 5"),
    "several": ('name = "rapportcijfer"\nkind = "several"', "expected 1 (chosen) or 0 (not chosen)"),
    "number": ('name = "stelling"\nkind = "number"', "'neutraal': this is no number; expected a number"),
    "single": (
        'name = "voorkeur"\nanswers = ["A", "B"]',
        "column voorkeur, 'C': this is no answer to voorkeur; expected A, B",
    ),
    "column": ('name = "v9"', "line 1, column v9: this column is missing"),
}


@pytest.mark.parametrize(("item", "words"), WRONG_ANSWERS.values(), ids=list(WRONG_ANSWERS))
def test_answers_that_do_not_fit_the_question_are_refused(desk: Desk, item: str, words: str) -> None:
    assert desk.weigh().exit_code == 0
    result = desk.tabulate(desk.lay("plan.toml", plan_text("", f"[[tables.items]]\n{item}")))
    assert result.exit_code == 3
    assert words in result.output
    assert "tabellen.csv" not in desk.names()


def test_example_of_the_documentation_gives_the_same_bytes_twice_and_a_valid_page(desk: Desk) -> None:
    assert desk.weigh().exit_code == 0
    assert desk.tabulate().exit_code == 0
    first = {name: (desk.folder / name).read_bytes() for name in desk.names()}
    assert desk.tabulate().exit_code == 0
    assert {name: (desk.folder / name).read_bytes() for name in desk.names()} == first
    page = desk.page("tabellen.html")
    parse(page)
    assert not re.search(r"<script|<link|https?://|\sstyle=|\son[a-z]+=", page)
    assert "Het vaakst gekozen: neutraal (24,6 %)" in page
    assert PLAN.read_text("utf-8").splitlines()[0].split('"')[1] in page


@pytest.mark.parametrize("interval", ["logit", "xlogit", "likelihood", "beta", "asin", "wilson", "mean"])
def test_interval_method_of_the_plan_is_used(desk: Desk, interval: str) -> None:
    """Reference case ciprop_panel_a_raked."""
    tabulated(desk, f'interval = "{interval}"\n[[tables.items]]\nname = "v"\nkind = "several"\ncolumns = ["v1"]')
    low, high = desk.column("ondergrens", vraag="v")[0], desk.column("bovengrens", vraag="v")[0]
    assert low < desk.column("waarde", vraag="v")[0] < high
    assert high - low == pytest.approx(2 * 1.96 * desk.column("standaardfout", vraag="v")[0], rel=0.1)


def test_columns_without_any_answer_are_refused(desk: Desk) -> None:
    head, *lines = DATA.read_text("utf-8").splitlines()
    data = desk.lay("data.csv", "\n".join([f"{head},leeg", *(f"{line},NA" for line in lines)]))
    missing = 'id = "id"\nmissing = ["NA"]'
    assert desk.weigh(data, plan=desk.lay("w.toml", plan_text(FIVE, data=missing))).exit_code == 0
    for tables in ('[[tables.items]]\nname = "leeg"', 'breakdowns = ["leeg"]\n[[tables.items]]\nname = "stelling"'):
        result = desk.tabulate(desk.lay("plan.toml", plan_text("", tables, data=missing)))
        assert result.exit_code == 3
        assert "column leeg, 'NA': every cell is empty or missing" in result.output


def test_question_that_few_answered_is_not_shown_at_all(desk: Desk) -> None:
    head, *lines = DATA.read_text("utf-8").splitlines()
    rows = [f"{line},{'ab'[number % 2] if number < 8 else ''}" for number, line in enumerate(lines)]
    data = desk.lay("data.csv", "\n".join([f"{head},weinig", *rows]))
    assert desk.weigh(data, plan=desk.lay("w.toml", plan_text(FIVE))).exit_code == 0
    tables = 'replicates = 20\n[[tables.items]]\nname = "weinig"'
    assert desk.tabulate(desk.lay("plan.toml", plan_text("", tables))).exit_code == 0
    assert [row["opmerking"] for row in desk.rows(vraag="weinig")] == ["te weinig antwoorden"]
    assert "Deze uitkomst laten we niet zien: te weinig antwoorden." in desk.page("tabellen.html")


def test_association_that_cannot_be_tested_says_why(desk: Desk) -> None:
    tabulated(desk, 'breakdowns = ["leeftijd"]\n[[tables.items]]\nname = "geslacht"\nanswers = ["man", "vrouw", "x"]')
    rows = desk.rows(soort="toets")
    assert [row["opmerking"][:16] for row in rows] == ["niet te toetsen:"]
    assert rows[0]["opmerking"].endswith("leave it out or merge it")
