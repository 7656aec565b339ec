"""Who is missing, as sentences with numbers: what the figures say and what chance alone would give."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from panel.labels import age_label

SEXES = {"male": "mannen", "female": "vrouwen"}
EDUCATIONS = {
    "low": "mensen met een lage opleiding",
    "middle": "mensen met een middelbare opleiding",
    "high": "mensen met een hoge opleiding",
}
SPOKEN = ("sex_age", "district", "education")


@dataclass(frozen=True)
class Missing:
    """One group that is smaller than its part of the population."""

    words: str
    number: int
    by_chance: int

    @property
    def beyond_chance(self) -> bool:
        """Whether a perfect draw would seldom give so few."""
        return self.number > self.by_chance

    @property
    def sentence(self) -> str:
        """The plain words."""
        first = f"Er ontbreken ongeveer {self.number} {self.words}."
        if self.number == 1:
            first = f"Er ontbreekt ongeveer 1 van de {self.words}."
        return f"{first} Bij een perfecte loting zou dat toeval kunnen zijn tot {self.by_chance}."


def who_is_missing(tables: list[dict[str, Any]]) -> list[Missing]:
    """The groups that are missing, the largest shortage first; those that chance may explain come last."""
    found = [
        Missing(words, round(row["missing"]), round(row["missing_by_chance"]))
        for table in tables
        if table["variable"] in SPOKEN
        for row in table["rows"]
        if round(row["missing"]) >= 1 and (words := group_words(table["variable"], row))
    ]
    return sorted(found, key=lambda m: (not m.beyond_chance, -m.number))


def group_words(variable: str, row: Mapping[str, Any]) -> str:
    """The people of a category in the plural; empty for a category that is none of its own."""
    category = str(row["category"])
    if variable == "sex_age":
        sex, _, age = category.partition("|")
        return f"{SEXES[sex]} van {age_label(age)}" if sex in SEXES else ""
    if variable == "district":
        return f"inwoners van {row['label']}"
    return EDUCATIONS.get(category, "")
