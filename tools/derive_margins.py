"""Derive the margins of the panel population (persons of 16 and over) from the shipped figures.

Run ``python -m tools.derive_margins``: it writes ``data/margins_16plus.csv`` again, byte for byte.
"""

import csv
import io
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Row = dict[str, str]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DATA = Path(__file__).resolve().parent.parent / "data"
OUTPUT = DATA / "margins_16plus.csv"

COLUMNS = (
    "gm_code", "gm_name", "variable", "category", "label", "count", "share", "unit",
    "age_min", "age_max", "category_age_min", "category_age_max", "area_vintage",
    "reference_date", "structure_date", "source_table", "source_age_min", "source_age_max",
    "status", "out_of_range_handling", "refusal_handling", "derivation", "licence", "attribution",
)  # fmt: skip

SEXES = ("male", "female")
SEX_LABELS = {"male": "Man", "female": "Vrouw"}
AGES = (*(f"{low}-{low + 4}" for low in range(0, 95, 5)), "95+")
COARSE_AGES = ("0-14", "15-24", "25-44", "45-64", "65+")
FIRST_OF_COARSE = (0, 3, 5, 9, 13, 20)
FIFTEEN_TO_NINETEEN = 3
FIFTEEN_SHARE = 0.2
PANEL_CLASSES = ("16-29", "30-39", "40-54", "55-64", "65-74", "75+")
FIRST_OF_CLASS = (3, 6, 8, 11, 13, 15, 20)
EDUCATION = ("low", "middle", "high")
EDUCATION_LABELS = {"low": "Laag", "middle": "Midden", "high": "Hoog"}

FIFTEEN_TEXT = "15-jarigen = 1/5 van 15-19 jaar"
STRUCTURE_2025 = (
    "Inwoners 1-1-2025 per geslacht en per vijf leeftijdsklassen (86165NED), daarbinnen verdeeld "
    "naar de opbouw per geslacht en vijf jaar van 1-1-2021 (83502NED) met herhaald schalen op "
    f"beide totalen; {FIFTEEN_TEXT} en eraf; afgerond op gehele personen met behoud van de som"
)
STRUCTURE_2021 = (
    "Inwoners 1-1-2021 per geslacht en vijf jaar (83502NED, som van postcodegebieden, elk "
    f"afgerond op 5); {FIFTEEN_TEXT} en eraf"
)
DISTRICT_TEXT = (
    "Inwoners van 15 jaar en ouder per wijk 1-1-2025 (86165NED, afgerond op 5) min de 15-jarigen: "
    "overal hetzelfde deel van 15-24 jaar, uit de verdeelde tabel van de gemeente"
)
EDUCATION_TEXT = (
    "Aandelen van personen van 15 tot 75 jaar in 2022 (85318NED) zonder de 15-jarigen (1/5 van "
    "15-19 jaar in 2021, allen laag), toegepast op het aantal van 16 tot en met 74 jaar"
)
OUTSIDE_TEXT = "Personen van 75 jaar en ouder: CBS geeft hun opleiding niet, daarom een eigen klasse"


class MissingFigureError(LookupError):
    """A figure that the derivation needs is not in the data files."""


@dataclass(frozen=True)
class Figures:
    """The shipped counts, looked up by area, year, variable and category."""

    counts: dict[tuple[str, str, str, str], int]
    names: dict[str, str]

    def count(self, area: str, year: str, variable: str, category: str) -> int:
        """Return one figure; raises MissingFigureError when it is not shipped."""
        try:
            return self.counts[area, year, variable, category]
        except KeyError as error:
            raise MissingFigureError(f"{area} {year} {variable} {category}") from error

    def districts(self, municipality: str, year: str) -> list[str]:
        """Return the codes of the districts of a municipality in one vintage."""
        prefix = "WK" + municipality.removeprefix("GM")
        return sorted({key[0] for key in self.counts if key[0].startswith(prefix) and key[1] == year})


def read_rows(path: Path) -> list[Row]:
    """Read one data file as a list of rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_figures(data: Path = DATA) -> Figures:
    """Read the counts of municipalities and districts."""
    rows = [*read_rows(data / "counts_municipality.csv"), *read_rows(data / "counts_district.csv")]
    counts = {
        (row["area_code"], row["reference_date"][:4], row["variable"], row["category"]): int(row["count"])
        for row in rows
    }
    return Figures(counts, {row["area_code"]: row["area_name"] for row in rows})


def structure_2021(figures: Figures, municipality: str) -> Floats:
    """Return inhabitants on 1 January 2021 by sex (rows) and five-year age class (columns)."""
    cells = [[figures.count(municipality, "2021", "sex_age5", f"{sex}|{age}") for age in AGES] for sex in SEXES]
    return np.array(cells, dtype=np.float64)


def fit_structure(structure: Floats, sexes: Floats, coarse: Floats) -> Floats:
    """Scale a sex by age table to totals by sex and by coarse age, until both hold."""
    table = structure.copy()
    for _ in range(200):
        for column, (first, last) in enumerate(itertools.pairwise(FIRST_OF_COARSE)):
            table[:, first:last] *= coarse[column] / table[:, first:last].sum()
        table *= (sexes / table.sum(axis=1))[:, np.newaxis]
    return table


def fitted_2025(figures: Figures, municipality: str) -> Floats:
    """Return the 2021 structure fitted to the totals of 1 January 2025."""
    sexes = [figures.count(municipality, "2025", "sex", sex) for sex in SEXES]
    coarse = [figures.count(municipality, "2025", "age_coarse", age) for age in COARSE_AGES]
    return fit_structure(structure_2021(figures, municipality), np.array(sexes, float), np.array(coarse, float))


def panel_classes(table: Floats) -> Floats:
    """Return persons of 16 and over by sex and age class of the panel."""
    grown = table.copy()
    grown[:, FIFTEEN_TO_NINETEEN] *= 1 - FIFTEEN_SHARE
    pairs = itertools.pairwise(FIRST_OF_CLASS)
    return np.column_stack([grown[:, first:last].sum(axis=1) for first, last in pairs])


def round_with_sum(values: Floats) -> Integers:
    """Round to whole numbers by largest remainder, keeping the rounded sum."""
    flat = values.ravel()
    whole = np.floor(flat).astype(np.int64)
    missing = round(float(flat.sum())) - int(whole.sum())
    whole[np.argsort(whole - flat, kind="stable")[:missing]] += 1
    return whole.reshape(values.shape)


def age_bounds(category: str) -> tuple[str, str]:
    """Return the lowest and highest age of a class; the highest is empty when it is open."""
    if category.endswith("+"):
        return category[:-1], ""
    low, high = category.split("-")
    return low, high


@dataclass(frozen=True)
class MarginText:
    """What every row of one margin says about its origin."""

    variable: str
    derivation: str
    source_table: str
    reference_date: str
    structure_date: str = ""
    area_vintage: str = ""
    source_ages: tuple[str, str] = ("0", "")
    out_of_range: str = "none"


def margin_rows(
    place: tuple[str, str],
    text: MarginText,
    cells: Sequence[tuple[str, str, int, tuple[str, str]]],
) -> Iterable[Row]:
    """Yield the rows of one margin; cells are (category, label, count, ages of the category)."""
    total = sum(count for _, _, count, _ in cells)
    for category, label, count, ages in cells:
        yield {
            "gm_code": place[0], "gm_name": place[1], "variable": text.variable,
            "category": category, "label": label, "count": str(count),
            "share": f"{count / total:.6f}", "unit": "person", "age_min": "16", "age_max": "",
            "category_age_min": ages[0], "category_age_max": ages[1],
            "area_vintage": text.area_vintage, "reference_date": text.reference_date,
            "structure_date": text.structure_date, "source_table": text.source_table,
            "source_age_min": text.source_ages[0], "source_age_max": text.source_ages[1],
            "status": "afgeleid", "out_of_range_handling": text.out_of_range,
            "refusal_handling": "own_class_at_observed_share", "derivation": text.derivation,
            "licence": "CC BY 4.0", "attribution": "Bron: CBS",
        }  # fmt: skip


def label_of_ages(category: str) -> str:
    """Return the Dutch label of an age class."""
    low, high = age_bounds(category)
    return f"{low} tot en met {high} jaar" if high else f"{low} jaar en ouder"


def sex_and_age_rows(place: tuple[str, str], counts: Integers, text: MarginText) -> Iterable[Row]:
    """Yield the margins by sex, by age and by both, which add up exactly."""
    everyone = ("16", "")
    sexes = [(s, SEX_LABELS[s], int(counts[i].sum()), everyone) for i, s in enumerate(SEXES)]
    ages = [(a, label_of_ages(a), int(counts[:, i].sum()), age_bounds(a)) for i, a in enumerate(PANEL_CLASSES)]
    both = [
        (f"{s}|{a}", f"{SEX_LABELS[s]}, {label_of_ages(a)}", int(counts[i, j]), age_bounds(a))
        for i, s in enumerate(SEXES)
        for j, a in enumerate(PANEL_CLASSES)
    ]
    for variable, cells in (("sex", sexes), ("age", ages), ("sex_age", both)):
        yield from margin_rows(place, replace(text, variable=variable), cells)


def district_rows(figures: Figures, place: tuple[str, str], table: Floats) -> Iterable[Row]:
    """Yield the margin by district for the vintage of 2025."""
    first, last = FIRST_OF_COARSE[1:3]
    fifteen = FIFTEEN_SHARE * table[:, FIFTEEN_TO_NINETEEN].sum() / table[:, first:last].sum()
    cells = []
    for code in figures.districts(place[0], "2025"):
        grown = [figures.count(code, "2025", "age_coarse", age) for age in COARSE_AGES[1:]]
        count = round(sum(grown) - float(fifteen) * grown[0])
        cells.append((code, figures.names[code], count, ("16", "")))
    text = MarginText("district", DISTRICT_TEXT, "86165NED; 83502NED", "2025-01-01", "2021-01-01", "2025")
    yield from margin_rows(place, text, cells)


def education_rows(figures: Figures, place: tuple[str, str], counts: Integers, reference_date: str) -> Iterable[Row]:
    """Yield the margin by education, with those of 75 and over as a class of their own."""
    levels = np.array([figures.count(place[0], "2022", "education", e) for e in EDUCATION], float)
    levels[0] -= FIFTEEN_SHARE * structure_2021(figures, place[0])[:, FIFTEEN_TO_NINETEEN].sum()
    older = int(counts[:, -1].sum())
    known = round_with_sum(levels / levels.sum() * (int(counts.sum()) - older))
    cells = [(e, EDUCATION_LABELS[e], int(n), ("16", "74")) for e, n in zip(EDUCATION, known, strict=True)]
    cells.append(("outside_75_plus", "75 jaar en ouder (opleiding niet bekend)", older, ("75", "")))
    text = MarginText(
        "education", f"{EDUCATION_TEXT}. {OUTSIDE_TEXT}", "85318NED; 86165NED; 83502NED",
        reference_date, "2022-01-01", source_ages=("15", "74"), out_of_range="own_class",
    )  # fmt: skip
    yield from margin_rows(place, text, cells)


def municipality_rows(figures: Figures, municipality: str) -> Iterable[Row]:
    """Yield every margin that the shipped figures of one municipality honestly allow."""
    place = (municipality, figures.names[municipality])
    recent = (municipality, "2025", "age_coarse", "65+") in figures.counts
    table = fitted_2025(figures, municipality) if recent else structure_2021(figures, municipality)
    reference_date = "2025-01-01" if recent else "2021-01-01"
    counts = round_with_sum(panel_classes(table))
    text = MarginText(
        "sex_age",
        STRUCTURE_2025 if recent else STRUCTURE_2021,
        "86165NED; 83502NED" if recent else "83502NED",
        reference_date,
        "2021-01-01",
    )
    yield from sex_and_age_rows(place, counts, text)
    if recent:
        yield from district_rows(figures, place, table)
    yield from education_rows(figures, place, counts, reference_date)


def derive(data: Path = DATA) -> str:
    """Return the whole margins file as text."""
    figures = load_figures(data)
    municipalities = sorted(
        {key[0] for key in figures.counts if key[0].startswith("GM")},
        key=lambda code: (code != "GM0355", code),
    )
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for municipality in municipalities:
        writer.writerows(municipality_rows(figures, municipality))
    return text.getvalue()


def main() -> None:
    """Write the margins file."""
    OUTPUT.write_text(derive(), encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
