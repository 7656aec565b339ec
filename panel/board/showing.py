"""A stored composition in the form that the macros of charts and tables take."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.web.context import long_date, number, short_date
from panel.board import mapping
from panel.labels import VARIABLE, category_label, listed
from panel.queries.snapshots import TrendPoint

HEADERS = (
    "Groep",
    "Leden",
    "Verwacht",
    "Deel",
    "Kan ook zijn",
    "Inwoners",
    "Toeval alleen geeft",
    "Te weinig of te veel",
)
SAME, FEWER, MORE = "same", "fewer", "more"
MAP_WORDS = {FEWER: "minder dan toeval geeft", SAME: "zoals toeval kan geven", MORE: "meer dan toeval geeft"}


@dataclass(frozen=True)
class Shown:
    """One variable: title that says the finding, bars, table."""

    variable: str
    word: str
    title: str
    base: str
    rows: list[dict[str, Any]]
    table: dict[str, Any]
    note: str
    source: str
    derivation: str


def percent(share: float | None, digits: int = 1) -> str:
    """A share (0 to 1) as a percentage."""
    return "–" if share is None else f"{number(100 * share, digits)}\u00a0%"


def span(low: float, high: float) -> str:
    """Two shares as the ends of an interval."""
    return f"{number(100 * low, 1)} tot {number(100 * high, 1)}\u00a0%"


def label_of(variable: str, row: dict[str, Any]) -> str:
    """The words of a category, with a capital."""
    words = row["label"] or category_label(variable, row["category"])
    return words[:1].upper() + words[1:]


def verdict(row: dict[str, Any]) -> str:
    """Whether a share lies below, within or above what perfect draws give."""
    if row["share"] < row["chance_low"]:
        return FEWER
    return MORE if row["share"] > row["chance_high"] else SAME


def show(table: dict[str, Any], group: str) -> Shown:
    """One variable for the board of the griffie; `group` says whose composition it is."""
    variable = table["variable"]
    word = VARIABLE.get(variable, variable)
    return Shown(
        variable=variable,
        word=word,
        title=f"{word.capitalize()}: {_finding(table)}",
        base=f"{number(table['n'])} {group} naast {number(table['population'])} inwoners{_ages(table)}.",
        rows=[_bar(variable, row) for row in table["rows"]],
        table={"headers": list(HEADERS), "rows": cells(table), "numeric": [1, 2, 3, 4, 5, 6, 7]},
        note=_note(table),
        source=_source(table),
        derivation=table["derivation"],
    )


def _ages(table: dict[str, Any]) -> str:
    return f" van {table['age_min']} jaar en ouder" if table["age_min"] and table["age_max"] is None else ""


def _source(table: dict[str, Any]) -> str:
    day = long_date(date.fromisoformat(table["reference"]))
    derived = " (afgeleid)" if table["derivation"] else ""
    return f"Bron: CBS, tabel {table['source']}, {day}, {table['licence']}{derived}."


def _finding(table: dict[str, Any]) -> str:
    off = number(100 * table["dissimilarity"], 1)
    if table["dissimilarity"] <= table["chance_high"]:
        return f"{off} op de 100 wijkt af, dat kan toeval zijn"
    return f"{off} op de 100 wijkt af, meer dan toeval geeft"


def _note(table: dict[str, Any]) -> str:
    mean, high = (number(100 * table[name], 1) for name in ("chance_mean", "chance_high"))
    words = [f"Een perfecte loting van deze grootte wijkt gemiddeld {mean} op de 100 af, en zelden meer dan {high}."]
    if table["chi_squared"] is not None:
        chance = number(100 * table["chance_p_value"], 1)
        words.append(
            f"Chikwadraat {number(table['chi_squared'], 1)} bij {table['degrees_of_freedom']} vrijheidsgraden; "
            f"{chance}\u00a0% van de perfecte lotingen wijkt zo sterk af."
        )
    if table["n_outside"]:
        words.append(f"Van {number(table['n_outside'])} is dit niet bekend of is er geen cijfer: zij tellen niet mee.")
    return " ".join(words)


def _bar(variable: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "label": label_of(variable, row),
        "first": 100 * row["share"],
        "low": 100 * row["low"],
        "high": 100 * row["high"],
        "second": 100 * row["population_share"],
        "first_text": percent(row["share"]),
        "second_text": percent(row["population_share"]),
    }


def cells(table: dict[str, Any]) -> list[list[str]]:
    """The rows of the table in words."""
    return [
        [
            label_of(table["variable"], row),
            "–" if row["count"] is None else number(row["count"]),
            number(round(row["population_share"] * table["n"])),
            percent(row["share"]),
            span(row["low"], row["high"]),
            percent(row["population_share"]),
            span(row["chance_low"], row["chance_high"]),
            _difference(row["missing"]),
        ]
        for row in table["rows"]
    ]


def _difference(missing: float) -> str:
    whole = round(missing)
    return "0" if not whole else f"{number(abs(whole))} te {'weinig' if whole > 0 else 'veel'}"


def pyramid(table: dict[str, Any]) -> dict[str, Any] | None:
    """Men left, women right, per age class: the group filled, the inhabitants outlined."""
    found = {row["category"]: row for row in table["rows"]}
    ages = list(dict.fromkeys(category.partition("|")[2] for category in found))
    if not all(f"{sex}|{age}" in found for sex in ("male", "female") for age in ages):
        return None
    rows, lines = [], []
    for age in reversed(ages):
        men, women = found[f"male|{age}"], found[f"female|{age}"]
        texts = [percent(r[name]) for r in (men, women) for name in ("share", "population_share")]
        rows.append(
            {
                "label": age,
                "left": 100 * men["share"],
                "right": 100 * women["share"],
                "left_population": 100 * men["population_share"],
                "right_population": 100 * women["population_share"],
                "left_text": f"{texts[0]} (inwoners {texts[1]})",
                "right_text": f"{texts[2]} (inwoners {texts[3]})",
            }
        )
        lines.append([f"{age} jaar", *texts])
    headers = ["Leeftijd", "Mannen", "Mannen onder inwoners", "Vrouwen", "Vrouwen onder inwoners"]
    return {"rows": rows, "table": {"headers": headers, "rows": lines, "numeric": [1, 2, 3, 4]}}


def district_map(table: dict[str, Any], gm_code: str) -> dict[str, Any] | None:
    """The map of the districts with a verdict each; None where the borders are not shipped or do not fit."""
    drawn = mapping.sheet(gm_code)
    found = {row["category"]: row for row in table["rows"]}
    if drawn is None or not any(shape.code in found for shape in drawn.shapes):
        return None
    places: list[dict[str, Any]] = []
    lines = []
    for n, shape in enumerate((s for s in drawn.shapes if s.code in found), start=1):
        row = found[shape.code]
        name, label = verdict(row), row["label"] or shape.name
        own, other = percent(row["share"]), percent(row["population_share"])
        text = f"{own}, inwoners {other}: {MAP_WORDS[name]}"
        places.append({"number": n, "label": label, "shape": shape, "tone": name, "text": text})
        lines.append([label, own, other, MAP_WORDS[name]])
    headers = ["Wijk", "Deel van de groep", "Deel van de inwoners", "Verschil"]
    made = {"headers": headers, "rows": lines, "numeric": [1, 2]}
    return {
        "title": _map_finding([p["label"] for p in places if p["tone"] == FEWER]),
        "width": drawn.width,
        "height": drawn.height,
        "places": places,
        "words": MAP_WORDS,
        "table": made,
    }


def _map_finding(few: list[str]) -> str:
    if not few:
        return "Kaart: elke wijk doet mee zoals toeval kan geven"
    return f"Kaart: te weinig mensen uit {listed(few)}"


def trend_lines(points: list[TrendPoint], variable: str = "sex_age") -> dict[str, Any] | None:
    """Size and distance to the population over the snapshots; None with fewer than two."""
    known = [p for p in points if variable in p.summary.get("dissimilarity", {})]
    if len(known) < 2:
        return None
    off = [100 * p.summary["dissimilarity"][variable] for p in known]
    chance = [100 * p.summary["chance_high"][variable] for p in known]
    rows = [
        [long_date(p.taken_on), number(p.members), number(a, 1), number(b, 1), _r(p)]
        for p, a, b in zip(known, off, chance, strict=True)
    ]
    headers = ["Datum", "Leden", "Wijkt af (op de 100)", "Toeval geeft zelden meer dan", "R-indicator van de werving"]
    return {
        "from": off[0],
        "to": off[-1],
        "points": _line_points([(p.taken_on, value) for p, value in zip(known, off, strict=True)], max(off + chance)),
        "chance": _line_points([(p.taken_on, v) for p, v in zip(known, chance, strict=True)], max(off + chance)),
        "top": number(max(off + chance), 1),
        "first": f"{short_date(known[0].taken_on)} {known[0].taken_on.year}",
        "last": f"{short_date(known[-1].taken_on)} {known[-1].taken_on.year}",
        "table": {"headers": headers, "rows": rows, "numeric": [1, 2, 3, 4]},
    }


def _r(point: TrendPoint) -> str:
    found = point.summary.get("r")
    return "–" if found is None else number(found, 2)


def _line_points(values: list[tuple[date, float]], top: float) -> list[tuple[float, float]]:
    """Points in percent of a drawing: x by date, y from above."""
    first, days = values[0][0], max((values[-1][0] - values[0][0]).days, 1)
    return [(100 * (day - first).days / days, 100 - 100 * value / (top or 1)) for day, value in values]
