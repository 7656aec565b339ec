"""Dutch words for the strata of a draw."""

from collections.abc import Mapping, Sequence
from typing import Any

from panel import queries
from panel.labels import age_label, category_label
from panel.wave_samples import SEPARATOR
from surveys.freezing import sample_of
from surveys.models import Wave


def stratum_words(stratum: str, by: Sequence[str]) -> str:
    """Dutch words for a stratum."""
    if not by:
        return "alle leden"
    names = {d.code: d.name for d in queries.districts()} if "district" in by else {}
    parts = zip(by, stratum.split(SEPARATOR), strict=True)
    return ", ".join(_part(variable, code, names) for variable, code in parts)


def _part(variable: str, code: str, districts: dict[str, str]) -> str:
    if variable == "district":
        return districts.get(code, code or "wijk niet bekend")
    return age_label(code) if variable == "age" else category_label(variable, code)


def drawn_strata(wave: Wave, draw: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The strata of a draw that was made, with their words."""
    plan = sample_of(wave)
    return [(stratum_words(row["stratum"], plan.by if plan else ()), row) for row in draw["strata"]]
