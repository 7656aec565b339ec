"""The forecast in words: when, how large, what it was learned from."""

from datetime import date
from typing import Any

import pytest

from panel.board import forecasting, outlook
from panel.queries.stock import Stock, StratumStock

ON = date(2026, 11, 22)


def forecast(members: int, target: int, *, left: int = 0, years: float = 0.0) -> dict[str, Any]:
    stock = Stock({"16-29|WK1": StratumStock(members, years * forecasting.DAYS_A_YEAR, left)})
    found = forecasting.forecast(stock, {"16-29|WK1": target})
    assert found is not None
    return found


def test_without_members_there_is_nothing_to_tell() -> None:
    assert forecasting.forecast(Stock(), {"16-29|WK1": 100}) is None


def test_full_panel_is_due_when_twelve_percent_a_year_has_taken_a_tenth() -> None:
    found = forecast(1000, 1000)
    # 0.88 ** (months / 12) = 0.9 after 9.9 months; the uncertain rate bends it a little
    assert found["due"] in (10, 11)
    assert found["earliest"] <= found["due"]
    assert 90 < found["gap"] < 120
    assert found["gap_low"] < found["gap"] < found["gap_high"]
    told = outlook.outlook(found, ON, {})
    assert told.due in (date(2027, 9, 1), date(2027, 10, 1))
    assert "2027 onder 900 leden" in told.sentence
    assert "12\u00a0%" in told.known


def test_panel_below_its_minimum_is_due_now() -> None:
    found = forecast(500, 1000)
    assert found["due"] == 0
    assert "nu nodig" in outlook.outlook(found, ON, {}).sentence
    assert found["gap"] == pytest.approx(500)


def test_large_panel_is_not_due_in_three_years() -> None:
    found = forecast(5000, 1000)
    assert found["due"] is None
    assert "blijft het panel" in outlook.outlook(found, ON, {}).sentence


def test_departures_here_outweigh_the_published_rate() -> None:
    calm = forecast(1000, 1000, left=20, years=1000)
    assert calm["rate"] == pytest.approx((6 + 20) / 1050, abs=1e-4)
    assert calm["due"] is None, "a tenth takes more than three years at this rate"


def test_who_left_within_days_does_not_break_the_forecast() -> None:
    assert forecast(10, 100, left=30, years=0.1)["rate"] == pytest.approx(36 / 80, abs=1e-4)


@pytest.mark.parametrize(("months", "day"), [(0, date(2026, 11, 1)), (1, date(2026, 12, 1)), (26, date(2029, 1, 1))])
def test_months_are_counted_over_the_year(months: int, day: date) -> None:
    assert outlook.add_months(ON, months) == day


def test_line_stays_within_its_drawing() -> None:
    told = outlook.outlook(forecast(1000, 1000), ON, {})
    points = [p for line in told.line["lines"] for p in line["points"]]
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in points)


def test_indicator_in_words_names_model_and_reason() -> None:
    document = {"variables": ["age", "district"], "invited": 0, "responded": 0, "refused": "no_variation"}
    told = outlook.evenness(document, {})
    assert told.model == "Berekend met: leeftijd en wijk."
    assert "niets te vergelijken" in told.sentence
