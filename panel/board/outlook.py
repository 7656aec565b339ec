"""The forecast of the panel and the indicator of a response in words and lines."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.web.context import long_date, number
from panel.board.showing import percent
from panel.labels import VARIABLE, age_label, listed, stratum_label

EVERY = 3
REFUSED = {
    "no_rows": "Er is nog niemand gevraagd. Dan is er niets te vergelijken.",
    "no_variation": "Iedereen deed hetzelfde. Dan is er niets te vergelijken.",
    "response_separated": "Een combinatie van groepen voorspelt het antwoord precies. Zo is het niet te berekenen.",
    "no_spread": "Alle groepen doen precies even vaak mee. Dan heeft het getal geen marge.",
}


def add_months(day: date, months: int) -> date:
    """The first day of the month so many months later."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def month_name(day: date) -> str:
    """December 2026."""
    return long_date(day).partition(" ")[2]


@dataclass(frozen=True)
class Outlook:
    """When a round is due and how large, with the curve and the strata."""

    sentence: str
    size: str
    known: str
    due: date | None
    table: dict[str, Any]
    strata: dict[str, Any]
    line: dict[str, Any]


def outlook(found: dict[str, Any], taken_on: date, districts: dict[str, str]) -> Outlook:
    """The forecast as it stood on the day of the snapshot."""
    due = None if found["due"] is None else add_months(taken_on, found["due"])
    return Outlook(
        sentence=_when(found, taken_on),
        size=_size(found),
        known=_known(found),
        due=due,
        table=_months(found, taken_on),
        strata=_strata(found, districts),
        line=_line(found, taken_on),
    )


def _when(found: dict[str, Any], taken_on: date) -> str:
    minimum, months = number(found["minimum"]), len(found["expected"]) - 1
    if found["due"] is None:
        return f"De komende {months} maanden blijft het panel naar verwachting boven {minimum} leden."
    if found["due"] == 0:
        return f"Het panel heeft nu minder dan {minimum} leden. Een nieuwe wervingsronde is nu nodig."
    first = month_name(add_months(taken_on, found["due"]))
    words = f"Naar verwachting zakt het panel in {first} onder {minimum} leden. Dan is een nieuwe ronde nodig."
    ends = [month_name(add_months(taken_on, m)) if m is not None else "" for m in (found["earliest"], found["latest"])]
    if not ends[1]:
        return f"{words} Het kan ook vanaf {ends[0]} zijn, of pas over meer dan drie jaar."
    return words if ends[0] == ends[1] else f"{words} Het kan ook tussen {ends[0]} en {ends[1]} zijn."


def _size(found: dict[str, Any]) -> str:
    gap, low, high = (number(found[name]) for name in ("gap", "gap_low", "gap_high"))
    return (
        f"Om elke groep weer op haar doel te brengen (samen {number(found['target'])} leden), "
        f"zijn dan ongeveer {gap} nieuwe leden nodig. Het kunnen er ook {low} tot {high} zijn."
    )


def _known(found: dict[str, Any]) -> str:
    return (
        f"Per jaar stopt naar verwachting {percent(found['rate'])} van de leden. Dat komt uit "
        f"{number(found['observed_left'])} vertrekken in {number(found['observed_years'])} jaren lidmaatschap hier, "
        f"en uit de {percent(found['prior_rate'], 0)} per jaar van het LISS-panel waarmee de berekening begint."
    )


def _months(found: dict[str, Any], taken_on: date) -> dict[str, Any]:
    rows = [
        [month_name(add_months(taken_on, m)), *(number(found[name][m]) for name in ("expected", "low", "high"))]
        for m in range(0, len(found["expected"]), EVERY)
    ]
    return {"headers": ["Maand", "Verwacht", "Laag", "Hoog"], "rows": rows, "numeric": [1, 2, 3]}


def _line(found: dict[str, Any], taken_on: date) -> dict[str, Any]:
    top = max(*found["high"], found["target"])
    last = len(found["expected"]) - 1

    def points(values: list[float]) -> list[tuple[float, float]]:
        return [(100 * m / last, 100 - 100 * v / top) for m, v in enumerate(values)]

    return {
        "lines": [
            {"points": points(found["expected"]), "name": "chart__line", "label": "verwacht"},
            {"points": points(found["low"]), "name": "chart__limit", "label": "laag en hoog (8 op de 10 keer)"},
            {"points": points(found["high"]), "name": "chart__limit", "label": ""},
            {
                "points": points([found["minimum"]] * (last + 1)),
                "name": "chart__reference",
                "label": f"ondergrens: {number(found['minimum'])} leden",
            },
        ],
        "top": number(top),
        "first": month_name(taken_on),
        "last": month_name(add_months(taken_on, last)),
    }


def _strata(found: dict[str, Any], districts: dict[str, str]) -> dict[str, Any]:
    headers = ["Groep", "Leden nu", "Doel", "Gestopt", "Stopt per jaar", "Nieuwe leden nodig", "Kan ook zijn"]
    rows = [
        [
            stratum_label(s["stratum"], districts),
            number(s["members"]),
            number(s["target"]),
            number(s["left"]),
            percent(s["rate"]),
            number(s["gap"]),
            f"{number(s['gap_low'])} tot {number(s['gap_high'])}",
        ]
        for s in found["strata"]
    ]
    return {"headers": headers, "rows": rows, "numeric": [1, 2, 3, 4, 5, 6]}


@dataclass(frozen=True)
class Evenness:
    """The R-indicator in words, with the part of each variable and each category."""

    sentence: str
    model: str
    variables: dict[str, Any]
    categories: dict[str, Any]


def evenness(found: dict[str, Any], districts: dict[str, str]) -> Evenness:
    """How evenly groups did what they were asked; or why that cannot be told."""
    names = [VARIABLE.get(v, v) for v in found["variables"]]
    model = f"Berekend met: {listed(names)}."
    if found["refused"]:
        words = REFUSED.get(found["refused"], "Met deze aantallen is het niet te berekenen.")
        return Evenness(words, model, {}, {})
    r, low = number(found["r"], 2), number(found["low"], 2)
    high = number(min(found["high"], 1.0), 2)
    sentence = (
        f"R-indicator: {r} (kan ook {low} tot {high} zijn). 1 betekent dat alle groepen even vaak meededen. "
        f"Gemiddeld deed {percent(found['rate'])} mee. "
        f"Een gemiddelde kan hierdoor ten hoogste {number(found['cv'], 2)} keer zijn eigen spreiding ernaast liggen."
    )
    return Evenness(sentence, model, _variables(found), _categories(found, districts))


def _variables(found: dict[str, Any]) -> dict[str, Any]:
    rows = [
        [VARIABLE.get(p["variable"], p["variable"]), *(_three(p[n]) for n in ("unconditional", "conditional", "error"))]
        for p in found["partials"]
    ]
    return {"headers": ["Kenmerk", "Alleen", "Naast de andere", "Standaardfout"], "rows": rows, "numeric": [1, 2, 3]}


def _categories(found: dict[str, Any], districts: dict[str, str]) -> dict[str, Any]:
    rows = [
        [
            f"{VARIABLE.get(p['variable'], p['variable'])}: {category_words(c['category'], districts)}",
            percent(c["rate"]),
            _three(c["unconditional"]),
            _three(c["error"]),
            _three(c["conditional"]),
        ]
        for p in found["partials"]
        for c in p["categories"]
    ]
    headers = ["Groep", "Deed mee", "Deel in het verschil", "Standaardfout", "Naast de andere kenmerken"]
    return {"headers": headers, "rows": rows, "numeric": [1, 2, 3, 4]}


def category_words(category: str, districts: dict[str, str]) -> str:
    """The words of a category, also of districts and of those who did not say."""
    return districts.get(category) or (age_label(category) if category else "onbekend")


def _three(value: float | None) -> str:
    return "–" if value is None else number(value, 3)
