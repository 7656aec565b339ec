"""Draws that hit their totals: fitting a table, and choosing exactly so many of a list."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

MANY_ROUNDS = 200


def fit_table(seed: Floats, rows: Floats, columns: Floats) -> Floats:
    """Scale a table in turn to its row and column totals; both totals must agree."""
    table = seed.astype(np.float64)
    for _ in range(MANY_ROUNDS):
        table *= (rows / table.sum(axis=1))[:, np.newaxis]
        table *= columns / table.sum(axis=0)
    return table


def round_line(values: Floats, rng: np.random.Generator) -> Integers:
    """Round a list at random so that every running total stays within one of the exact one."""
    edges = np.floor(np.cumsum(values) + rng.random() + 1e-9)
    edges[-1] = round(float(values.sum()))
    return np.diff(np.concatenate([[0.0], edges])).astype(np.int64)


def round_table(table: Floats, rng: np.random.Generator) -> Integers:
    """Round a table of large cells at random, keeping whole row and column totals."""
    running = table.cumsum(axis=0).cumsum(axis=1)
    edges = np.floor(running + rng.random() + 1e-6)
    edges[-1, -1] = round(float(table.sum()))
    padded = np.pad(edges, ((1, 0), (1, 0)))
    return np.diff(np.diff(padded, axis=0), axis=1).astype(np.int64)


def choose(chances: Floats, n_chosen: int, rng: np.random.Generator) -> Flags:
    """Choose exactly n_chosen of a list, each with a chance in proportion to its own (systematic draw)."""
    scaled = chances.astype(np.float64)
    for _ in range(MANY_ROUNDS):
        scaled = np.minimum(scaled * (n_chosen / scaled.sum()), 1.0)
    edges = np.floor(np.cumsum(scaled) + rng.random() + 1e-9)
    steps = np.diff(np.concatenate([[0.0], edges])) > 0
    return with_exact_number(steps, scaled, n_chosen)


def with_exact_number(chosen: Flags, chances: Floats, n_chosen: int) -> Flags:
    """Add or drop the likeliest few that rounding left over."""
    result = chosen.copy()
    surplus = int(result.sum()) - n_chosen
    candidates = np.flatnonzero(result) if surplus > 0 else np.flatnonzero(~result)
    order = np.argsort(chances[candidates] if surplus > 0 else -chances[candidates], kind="stable")
    result[candidates[order[: abs(surplus)]]] = surplus < 0
    return result


def top(scores: Floats, n_chosen: int) -> Flags:
    """Flag the n_chosen highest scores."""
    result = np.zeros(scores.size, dtype=np.bool_)
    result[np.argsort(-scores, kind="stable")[:n_chosen]] = True
    return result
