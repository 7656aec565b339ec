"""Numbers in plain Dutch, and the sentences that the data carry."""

from datetime import date
from typing import Any

import pytest

from feedback.conclusions import TOO_FEW, conclusions_of, sentence_of
from feedback.disclosure_check import disclosure_blockers
from feedback.services.reminding import stage_of
from feedback.wording import could_be, decimal, interval, listed, people, percent, tenths


def _figure(value: float, low: float, high: float, label: str = "Ja", **more: Any) -> dict[str, Any]:
    return {
        "label": label,
        "key": label,
        "value": value,
        "low": low,
        "high": high,
        "percent": round(value * 100),
        **more,
    }


def _question(kind: str, *figures: dict[str, Any], **more: Any) -> dict[str, Any]:
    block = {
        "item": "",
        "label": "",
        "measure": "share",
        "base": 812,
        "withheld": False,
        "figures": list(figures),
        "breakdowns": [],
    }
    question = {
        "item_key": "q",
        "kind": kind,
        "text": "Wat vindt u?",
        "central_question": "",
        "response_related": False,
        "aside": {},
        "blocks": [block],
    }
    return {**question, **more}


def _document(question: dict[str, Any], *, drawn: int = 9, self_registered: int = 0) -> dict[str, Any]:
    base = {"drawn": drawn, "self_registered": self_registered, "letters": 0, "invited_drawn": 0}
    return {"questions": [question], "base": base, "weighting": {"margins": [{"variable": "age"}]}}


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.61, "ongeveer 6 van de 10"),
        (0.02, "minder dan 1 van de 10"),
        (0.97, "bijna iedereen"),
    ],
)
def test_share_is_said_in_tenths(share: float, words: str) -> None:
    assert tenths(share) == words


def test_doubt_names_the_other_tenths() -> None:
    assert could_be(_figure(0.6, 0.5, 0.7)) == "We weten het niet zeker: het kan ook 5 of 7 van de 10 zijn."
    assert could_be(_figure(0.6, 0.58, 0.62)) == "Het kan iets meer of iets minder zijn."


def test_small_words() -> None:
    assert decimal(7.25, 1) == "7,2"
    assert listed(["a", "b", "c"]) == "a, b en c"
    assert people(1) == "het ene panellid dat deze vraag invulde"
    assert people(1812) == "de 1.812 panelleden die deze vraag invulden"
    assert percent({"band": "below", "percent": None}) == "minder dan 5 %"
    assert percent({"band": "above", "percent": None}) == "meer dan 95 %"
    assert percent({"band": "rounded", "percent": 35}) == "ongeveer 35 %"
    assert interval({"low": None, "high": None}, share=True) == "–"


def test_options_that_lie_close_together_are_not_ranked() -> None:
    near = _question("single", _figure(0.45, 0.41, 0.49), _figure(0.42, 0.38, 0.46, "Nee"))
    far = _question("single", _figure(0.7, 0.66, 0.74), _figure(0.3, 0.26, 0.34, "Nee"))
    assert "ligt daar dicht bij" in sentence_of(near)
    assert "dicht bij" not in sentence_of(far)


def test_withheld_question_says_too_few() -> None:
    question = _question("single")
    question["blocks"][0]["withheld"] = True
    assert TOO_FEW in sentence_of(question)
    conclusion = conclusions_of(_document(question))[0]
    assert conclusion.base_text == conclusion.uncertainty == ""


def test_wording_of_doubt_follows_who_is_in_the_figures() -> None:
    question = _question("single", _figure(0.7, 0.66, 0.74), _figure(0.3, 0.26, 0.34, "Nee"))
    drawn = conclusions_of(_document(question))[0].uncertainty
    mixed = conclusions_of(_document(question, self_registered=1))[0].uncertainty
    assert "marge" in drawn
    assert "modelmatige" not in drawn
    assert "modelmatige onzekerheid" in mixed
    assert "leeftijd" in mixed
    assert "marge" not in mixed
    alone = conclusions_of(_document(question, drawn=0, self_registered=1))[0].uncertainty
    assert alone.startswith("Alle panelleden die meededen, meldden zich zelf aan.")


def test_question_related_to_response_warns() -> None:
    question = _question("single", _figure(0.7, 0.66, 0.74), response_related=True)
    assert "Weging kan dat niet herstellen" in conclusions_of(_document(question))[0].uncertainty


def test_open_question_only_counts() -> None:
    question = _question("open", wrote=123, blocks=[])
    assert "123 panelleden schreven" in sentence_of(question)


@pytest.mark.parametrize(
    ("today", "stage"),
    [
        (date(2027, 3, 1), ""),
        (date(2027, 3, 17), "near"),
        (date(2027, 3, 31), "due"),
        (date(2027, 4, 6), "due"),
        (date(2027, 4, 7), "over1"),
        (date(2027, 4, 21), "over3"),
    ],
)
def test_stage_of_a_reminder(today: date, stage: str) -> None:
    assert stage_of(date(2027, 3, 31), today, 14) == stage


def test_disclosure_check_refuses_what_should_be_withheld() -> None:
    question = _question("single", _figure(0.7, 0.6, 0.8))
    group = {"category": "a", "label": "A", "base": 4, "figures": [_figure(0.02, 0, 0.05, band="below")]}
    question["blocks"][0]["breakdowns"] = [
        {"variable": "age", "withheld": False, "groups": [group]},
        {"variable": "sex", "withheld": True, "groups": [group]},
    ]
    messages = [b.message for b in disclosure_blockers(_document(question), floor=10)]
    assert len(messages) == 3


def test_disclosure_check_refuses_exact_shares_beside_a_band() -> None:
    question = _question("single", _figure(0.7, 0.6, 0.8))
    hidden = {**_figure(0.02, 0, 0.05, band="below"), "value": None, "percent": None}

    def refused(band: str) -> bool:
        group = {"category": "a", "label": "A", "base": 40, "figures": [hidden, _figure(0.4, 0.3, 0.5, band=band)]}
        question["blocks"][0]["breakdowns"] = [{"variable": "age", "withheld": False, "groups": [group]}]
        return bool(disclosure_blockers(_document(question), floor=10))

    assert refused("exact")
    assert not refused("rounded")
