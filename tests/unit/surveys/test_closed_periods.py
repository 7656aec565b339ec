"""Recess and quiet period are read from free text; what cannot be read is left to people."""

from datetime import date

import pytest

from core.settings import MunicipalSettings
from surveys.closed_periods import closed_periods, warnings


@pytest.mark.parametrize(
    "line",
    [
        "10 juli 2027 t/m 22 augustus 2027",
        "Zomer: 10-7-2027 tot en met 22-08-2027.",
        "van 10 jul 2027 tot 22 aug 2027",
        "10 JULI 2027 – 22 Augustus 2027",
    ],
)
def test_line_with_two_days_is_a_period(line: str) -> None:
    (period,) = closed_periods(MunicipalSettings(recess=line))
    assert (period.name, period.first, period.last) == ("het reces", date(2027, 7, 10), date(2027, 8, 22))


@pytest.mark.parametrize(
    "line",
    ["", "zes weken voor de verkiezing", "10 juli 2027", "31 februari 2027 t/m 3 maart 2027", "3-3-2027 t/m 2-3-2027"],
)
def test_other_lines_are_no_period(line: str) -> None:
    assert closed_periods(MunicipalSettings(recess=line)) == []


def test_both_settings_and_every_line_count() -> None:
    chosen = MunicipalSettings(
        recess="1-1-2027 t/m 2-1-2027\n1 mrt 2027 t/m 7 maart 2027", quiet_period="1-2-2027 t/m 9-2-2027"
    )
    assert [(p.name, p.first.month) for p in closed_periods(chosen)] == [
        ("het reces", 1),
        ("het reces", 3),
        ("de stille periode", 2),
    ]


@pytest.mark.parametrize(
    ("opens", "closes", "told"),
    [
        (date(2027, 6, 1), date(2027, 7, 9), False),
        (date(2027, 6, 1), date(2027, 7, 10), True),
        (date(2027, 8, 22), date(2027, 9, 9), True),
        (date(2027, 8, 23), date(2027, 9, 9), False),
        (date(2027, 7, 20), date(2027, 7, 21), True),
    ],
)
def test_warning_comes_when_the_days_touch(opens: date, closes: date, told: bool) -> None:
    periods = closed_periods(MunicipalSettings(recess="10 juli 2027 t/m 22 augustus 2027"))
    expected = "De vragenlijst staat open in het reces van 10 juli 2027 tot en met 22 augustus 2027."
    assert warnings(opens, closes, periods) == ([expected] if told else [])
