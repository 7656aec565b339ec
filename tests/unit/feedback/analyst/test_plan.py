"""Plans: read strictly, every fault at once, with the word that was probably meant."""

import pytest

from feedback.analyst.faults import PlanRefusedError
from feedback.analyst.plan import Plan, read_plan

DATA = '[data]\nid = "id"\n'
WEIGHTING = '[weighting]\nmargins = ["wijk", "leeftijd*geslacht"]\n'
ITEM = '[tables]\n[[tables.items]]\nname = "v1"\n'


def read(text: str) -> Plan:
    return read_plan("plan.toml", text.encode())


def faults(text: str | bytes) -> list[str]:
    with pytest.raises(PlanRefusedError) as caught:
        read_plan("plan.toml", text.encode() if isinstance(text, str) else text)
    return caught.value.faults


def test_plan_without_extras_has_the_defaults_of_the_method() -> None:
    plan = read(DATA + WEIGHTING + ITEM)
    assert plan.weighting is not None
    assert plan.tables is not None
    assert [margin.columns for margin in plan.weighting.margins] == [("wijk",), ("leeftijd", "geslacht")]
    assert plan.weighting.is_raking
    assert (plan.tables.floor, plan.tables.full_base, plan.tables.max_half_width) == (10, 30, 0.10)
    assert (plan.tables.guard, plan.tables.interval, plan.tables.audit) == ("holm", "rule", True)
    assert plan.tables.items[0].columns == ("v1",)


def test_question_takes_label_and_codes_from_its_column() -> None:
    variables = '[variables.v1]\nlabel = "Vraag 1"\ncodes = ["a", "b"]\nlabels = { a = "Ja" }\n'
    plan = read(DATA + variables + ITEM)
    assert plan.tables is not None
    item = plan.tables.items[0]
    assert (item.label, item.answers, item.labels) == ("Vraag 1", ("a", "b"), {"a": "Ja"})
    assert plan.variable("v1").label_of("a + b") == "Ja + b"
    assert plan.variable("elders").label == "elders"


def test_missing_values_of_the_file_and_of_a_column_are_joined() -> None:
    plan = read('[data]\nid = "id"\nmissing = ["NA"]\n[variables.wijk]\nmissing = ["99"]\n')
    assert plan.missing_of("wijk") == ("", "NA", "99")
    assert plan.missing_of("leeftijd") == ("", "NA")


def test_byte_order_mark_is_no_fault() -> None:
    assert read_plan("plan.toml", b"\xef\xbb\xbf" + DATA.encode()).data.id == "id"


WRONG = {
    "no toml": ("a = = 1", "this is no TOML"),
    "other encoding": ('title = "Café"'.encode("cp1252"), "not saved as UTF-8"),
    "no id": ("", "data.id is missing"),
    "unknown table": (DATA + "[weging]\n", "weging is unknown; known here: data, population, tables"),
    "unknown key": (DATA + WEIGHTING + "distanse = 1\n", "weighting.distanse is unknown"),
    "suggestion": (DATA + WEIGHTING + "distanse = 1\n", "did you mean distance?"),
    "suggested word": (DATA + WEIGHTING + 'distance = "rakin"\n', "did you mean raking?"),
    "not a text": ("[data]\nid = 3\n", "data.id must be a text in quotes"),
    "not a table": ("data = 3\n", "data must be a table: [data]"),
    "not texts": (DATA + "missing = [1, 2]\n", "data.missing must be a list of texts"),
    "not a list": (DATA + '[weighting]\nmargins = "wijk"\n', "weighting.margins must be a list of texts"),
    "not tables": (DATA + "[tables]\nitems = [1]\n", "tables.items must be a list of tables: [[tables.items]]"),
    "not a number": (DATA + '[population]\ntotal = "veel"\n', "population.total must be a number"),
    "not whole": (DATA + "[population]\nage_min = 1.5\n", "population.age_min must be a whole number"),
    "true is no number": (DATA + "[population]\ntotal = true\n", "population.total must be a number"),
    "not a flag": (DATA + ITEM.replace("[tables]", '[tables]\naudit = "ja"'), "tables.audit must be true or false"),
    "no pair": (DATA + WEIGHTING + "trim = [5]\n", "weighting.trim must be two numbers"),
    "pair upside down": (DATA + WEIGHTING + "trim = [5, 0.2]\n", "weighting.trim must be two numbers, the lower first"),
    "pair of words": (DATA + WEIGHTING + 'bounds = ["a", "b"]\n', "weighting.bounds must be two numbers"),
    "nothing to weigh to": (DATA + "[weighting]\n", "weighting.margins names no margin"),
    "logit without bounds": (DATA + WEIGHTING + 'distance = "logit"\n', "weighting.bounds is missing"),
    "bounds beside 1": (DATA + WEIGHTING + "bounds = [2, 3]\n", "weighting.bounds must enclose 1"),
    "trim beside 1": (DATA + WEIGHTING + "trim = [2, 3]\n", "weighting.trim must enclose 1"),
    "trim with bounds": (DATA + WEIGHTING + "trim = [0.2, 5]\nbounds = [0.3, 3]\n", "weighting.trim goes with raking"),
    "merge of nothing": (
        DATA + WEIGHTING + '[[weighting.merges]]\nmargin = "wijken"\ncategory = "a"\ninto = "b"\n',
        "names 'wijken', which is no margin; did you mean wijk?",
    ),
    "own class of nothing": (
        DATA + WEIGHTING + '[weighting.own_classes]\nwijken = ["x"]\n',
        "weighting.own_classes.wijken is unknown",
    ),
    "label of nothing": (
        DATA + '[variables.v]\ncodes = ["hoog"]\nlabels = { hoo = "H" }\n',
        "variables.v.labels names 'hoo', which is no code; did you mean hoog?",
    ),
    "no items": (DATA + "[tables]\n", "tables.items is missing"),
    "item twice": (DATA + ITEM + '[[tables.items]]\nname = "v1"\n', "tables.items has 'v1' twice"),
    "unknown kind": (DATA + ITEM + 'kind = "schaal"\n', "tables.items[1].kind is 'schaal'; expected one of single"),
    "two columns": (DATA + ITEM + 'columns = ["a", "b"]\n', "a question of kind single has one"),
    "one option": (DATA + ITEM + 'kind = "ranking"\n', "a question of kind ranking has one per option"),
    "level": (DATA + ITEM.replace("[tables]", "[tables]\nlevel = 95"), "tables.level must lie between 0 and 1"),
    "floor": (DATA + ITEM.replace("[tables]", "[tables]\nfloor = 40"), "tables.floor must be 1 or more"),
    "one replicate": (DATA + ITEM.replace("[tables]", "[tables]\nreplicates = 1"), "must be 2 or more"),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=list(WRONG))
def test_wrong_plan_is_refused_with_the_place_and_what_is_expected(text: str | bytes, words: str) -> None:
    assert any(words in fault for fault in faults(text)), faults(text)


def test_all_faults_are_told_at_once() -> None:
    assert len(faults("[data]\nid = 3\nmising = []\n[weighting]\ntrim = [5]\n")) == 4
