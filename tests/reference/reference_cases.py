"""Reads the reference cases: inputs, data files and outputs of R's survey package."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.estimation.design import Design, raked_design, weighted_design
from analysis.weighting.margins import Margin, PanelPopulation, encode
from analysis.weighting.raking import RakingResult, rake

FOLDER = Path(__file__).parent
WEIGHTS, ESTIMATES, ERRORS = 1e-8, 1e-10, 1e-8


@cache
def outputs(case: str) -> dict[str, Any]:
    content: dict[str, Any] = _case(case)["outputs"]
    return content


@cache
def table(name: str) -> dict[str, list[str]]:
    with (FOLDER / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {column: [row[column] for row in rows] for column in rows[0]}


def number(name: str, column: str) -> FloatArray:
    return np.array([float(value) if value else np.nan for value in table(name)[column]])


def numbers(name: str, *columns: str) -> FloatArray:
    return np.stack([number(name, column) for column in columns], axis=1)


def levels(name: str, *columns: str) -> tuple[IntArray, list[str]]:
    """Return codes and names of a (crossed) factor, the first column varying fastest as in R."""
    values = list(zip(*(table(name)[column] for column in reversed(columns)), strict=True))
    names = sorted(set(values))
    positions = {value: position for position, value in enumerate(names)}
    return np.array([positions[value] for value in values]), [".".join(reversed(n)) for n in names]


def margins(case: str) -> tuple[Margin, ...]:
    """Return the margins of a case; `a*b` is crossed, its categories joined by a bar."""
    found = []
    for variable, rows in _case(case)["inputs"]["margins"].items():
        columns = variable.split("*")
        categories = tuple("|".join(row[column] for column in columns) for row in rows)
        found.append(Margin(variable, categories, np.array([row["Freq"] for row in rows], dtype=float)))
    return tuple(found)


def profile(name: str, given: tuple[Margin, ...]) -> IntArray:
    data = table(name)
    columns = []
    for margin in given:
        parts = zip(*(data[column] for column in margin.variable.split("*")), strict=True)
        columns.append(encode(["|".join(part) for part in parts], margin))
    return np.stack(columns, axis=1)


def raked(case: str, name: str, base: str | None = None, **options: Any) -> RakingResult:
    given = margins(case)
    codes = profile(name, given)
    weights = np.ones(codes.shape[0]) if base is None else number(name, base)
    return rake(codes, weights, given, PanelPopulation(float(given[0].totals.sum())), **options)


@cache
def panel_design() -> Design:
    """The raked design of rake_panel_a_5m, from which other cases start."""
    return raked_design(raked("rake_panel_a_5m", "panel_a"))


@cache
def cluster_design(*, is_raked: bool) -> Design:
    clusters, _ = levels("apiclus1", "dnum")
    fraction = 15 / 757
    if not is_raked:
        return weighted_design(number("apiclus1", "pw"), clusters=clusters, sampling_fraction=fraction)
    result = raked("rake_apiclus1_2m", "apiclus1", "pw")
    return weighted_design(
        result.weights, clusters=clusters, sampling_fraction=fraction, calibration=result.calibration
    )


def assert_close(ours: Any, reference: Any, tolerance: float) -> None:
    np.testing.assert_allclose(np.ravel(ours), np.ravel(np.array(reference, dtype=float)), rtol=tolerance)


def _case(case: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / "cases" / f"{case}.json").read_text(encoding="utf-8"))
    return content
