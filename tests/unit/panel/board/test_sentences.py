"""Who is missing: numbers in plain words, the surest first."""

from typing import Any

from panel.board.sentences import who_is_missing


def table(variable: str, *rows: tuple[str, str, float, float]) -> dict[str, Any]:
    names = ("category", "label", "missing", "missing_by_chance")
    return {"variable": variable, "rows": [dict(zip(names, row, strict=True)) for row in rows]}


def test_sentence_has_both_numbers() -> None:
    (found,) = who_is_missing([table("sex_age", ("male|16-29", "Man, 16 tot en met 29 jaar", 34.2, 11.8))])
    assert found.sentence == (
        "Er ontbreken ongeveer 34 mannen van 16 tot en met 29 jaar. "
        "Bij een perfecte loting zou dat toeval kunnen zijn tot 12."
    )
    assert found.beyond_chance


def test_groups_that_chance_explains_come_last_and_full_groups_not_at_all() -> None:
    tables = [
        table("sex_age", ("female|75+", "", 9.0, 12.0), ("male|30-39", "", -4.0, 8.0)),
        table("district", ("WK035501", "Zeist Centrum", 5.0, 4.0), ("WK035502", "Zeist-Noord", 0.4, 4.0)),
        table("education", ("low", "Laag", 20.0, 10.0), ("outside_75_plus", "", 30.0, 3.0)),
        table("sex", ("male", "Man", 50.0, 3.0)),
    ]
    assert [m.words for m in who_is_missing(tables)] == [
        "mensen met een lage opleiding",
        "inwoners van Zeist Centrum",
        "vrouwen van 75 jaar en ouder",
    ]


def test_one_person_is_singular() -> None:
    (found,) = who_is_missing([table("district", ("WK1", "Noord", 1.0, 3.0))])
    assert found.sentence.startswith("Er ontbreekt ongeveer 1 van de inwoners van Noord")
