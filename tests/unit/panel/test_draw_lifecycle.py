"""The steps of a fair draw and everything that keeps one back."""

from datetime import date

import pytest

from core.errors import BlockedError, TransitionError
from panel import draw_lifecycle
from panel.models import DrawStatus, FairDraw

TODAY = date(2026, 6, 10)


def draw(**changes: object) -> FairDraw:
    values = {"status": DrawStatus.PUBLISHED, "seed_source": "loterij", "seed_on": TODAY, "seed": "7", **changes}
    return FairDraw(cancelled_because="", **values) if "cancelled_because" not in changes else FairDraw(**values)


@pytest.mark.parametrize("source", list(DrawStatus))
@pytest.mark.parametrize("target", list(DrawStatus))
def test_only_the_steps_of_the_table_exist(source: DrawStatus, target: DrawStatus) -> None:
    if target in draw_lifecycle.STEPS[source]:
        return
    with pytest.raises(TransitionError):
        draw_lifecycle.check(draw(status=source), target, TODAY)


@pytest.mark.parametrize(
    ("changes", "to", "codes"),
    [
        ({}, DrawStatus.DRAWN, []),
        ({"seed": None}, DrawStatus.DRAWN, ["no-seed"]),
        ({"seed_on": date(2026, 6, 11)}, DrawStatus.DRAWN, ["too-early"]),
        ({"seed_on": None}, DrawStatus.PUBLISHED, ["seed-known"]),
        ({"seed_source": ""}, DrawStatus.PUBLISHED, ["no-source", "seed-known"]),
        ({"seed_on": date(2026, 6, 11)}, DrawStatus.PUBLISHED, []),
        ({}, DrawStatus.CANCELLED, ["no-reason"]),
        ({"cancelled_because": "te weinig tijd"}, DrawStatus.CANCELLED, []),
        ({}, DrawStatus.COMPUTED, []),
    ],
)
def test_everything_that_is_missing_is_told(changes: dict[str, object], to: DrawStatus, codes: list[str]) -> None:
    assert [b.code for b in draw_lifecycle.blockers(draw(**changes), to, TODAY)] == codes


def test_a_blocked_step_is_refused_and_a_free_one_is_not() -> None:
    with pytest.raises(BlockedError):
        draw_lifecycle.check(draw(seed=None), DrawStatus.DRAWN, TODAY)
    draw_lifecycle.check(draw(), DrawStatus.DRAWN, TODAY)
