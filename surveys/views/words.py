"""How stored values of agreements read on a page: filters for the templates of this package."""

from datetime import date

from surveys.commission_steps import SCALES, Scale
from surveys.labels import day
from surveys.ladder import find_level, find_use
from surveys.views.blueprints import public

DATED = frozenset({"decision_on", "papers_on", "results_promised_on", "feedback_promised_on"})


@public.app_template_filter("iso_day")
def iso_day(value: str | None) -> str:
    """A date that is kept as text in an agreement, in words."""
    return day(date.fromisoformat(value)) if value else ""


@public.app_template_filter("level_word")
def level_word(code: str) -> str:
    """The label of a level."""
    found = find_level(code)
    return found.label if found else code


@public.app_template_filter("amended")
def amended(value: str, name: str) -> str:
    """The old or new value of a later change, in words."""
    if name == "level":
        level, _, use = value.partition(": ")
        found = find_use(use)
        return f"{level_word(level)}: {found.label}" if found else level_word(level)
    return iso_day(value) if name in DATED and value else value


@public.app_template_global("size_scales")
def size_scales() -> tuple[Scale, ...]:
    """The scales on how large the matter is."""
    return SCALES
