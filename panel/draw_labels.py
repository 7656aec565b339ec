"""Dutch words for fair draws: states, what is fair, why no panel fits."""

from collections.abc import Mapping
from typing import Any

from core.administration.labels import name_kinds
from panel.labels import VARIABLE, category_label
from panel.models import DrawObjective, DrawStatus

STATUS = {
    DrawStatus.DRAFT: "in voorbereiding",
    DrawStatus.COMPUTED: "kansen berekend",
    DrawStatus.PUBLISHED: "wacht op het lotnummer",
    DrawStatus.DRAWN: "geloot",
    DrawStatus.CANCELLED: "gaat niet door",
}
COLOUR = {
    DrawStatus.DRAFT: "grey",
    DrawStatus.COMPUTED: "blue",
    DrawStatus.PUBLISHED: "yellow",
    DrawStatus.DRAWN: "green",
    DrawStatus.CANCELLED: "red",
}
OBJECTIVE = {
    DrawObjective.LEXIMIN: "De kleinste kans zo groot mogelijk, daarna de een na kleinste, en zo verder (leximin)",
    DrawObjective.MAXIMIN: "De kleinste kans zo groot mogelijk (maximin): sneller bij veel kandidaten",
}
CONFLICT = {
    "lower_exceeds_seats": "{where}: de minste aantallen zijn samen {needed}, maar er zijn {possible} plaatsen.",
    "upper_below_seats": "{where}: de meeste aantallen zijn samen {possible}, maar er zijn {needed} plaatsen.",
    "too_few_candidates": "{where}: er moeten er minstens {needed} in de groep, maar er zijn {possible} kandidaten.",
    "too_many_required": "{where}: {needed} kandidaten moeten in de groep, maar er is plaats voor {possible}.",
}
CHANGE = "{where}: van {old_lower} tot {old_upper} naar {new_lower} tot {new_upper} ({available} kandidaten)."


def category(variable: str, code: str, districts: Mapping[str, str]) -> str:
    """Dutch words for a category; a district by its name."""
    return districts.get(code, code) if variable == "district" else category_label(variable, code)


def conflict(found: Mapping[str, Any], districts: Mapping[str, str]) -> str:
    """A contradiction between quotas as a sentence."""
    return CONFLICT[found["code"]].format(
        where=_where(found["feature"], found["category"], districts),
        needed=found["needed"],
        possible=found["possible"],
    )


def change(found: Mapping[str, Any], districts: Mapping[str, str]) -> str:
    """A proposed change of one quota as a sentence."""
    return CHANGE.format(where=_where(found["feature"], found["category"], districts), **found)


def _where(variable: str, code: str | None, districts: Mapping[str, str]) -> str:
    word = VARIABLE.get(variable, variable)
    text = f"{word}, {category(variable, code, districts)}" if code else word
    return text[:1].upper() + text[1:]


name_kinds({"panel.fair_draw": "Loting voorbereiden of uitvoeren", "panel.verify_draw": "Loting nakijken"})
