"""The same made respondents for every contestant, written once and read by all, in Python and in R alike.

Only NumPy: this module is also loaded by the environments of the peers.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TOTAL = 51_873.0
TARGET = 1e-10
ITEMS = 40
REPLICATES = 500
RAKING_SIZES = (1_500, 50_000, 1_000_000)
ESTIMATION_SIZES = (1_500, 50_000)
REPLICATION_SIZE = 1_500
SHARES: Mapping[str, tuple[float, ...]] = {
    "age": (0.120, 0.131, 0.228, 0.251, 0.138, 0.132),
    "sex": (0.480, 0.520),
    "district": (0.078, 0.062, 0.166, 0.091, 0.034, 0.107, 0.151, 0.139, 0.048, 0.124),
    "education": (0.236, 0.375, 0.389),
    "household": (0.061, 0.297, 0.311, 0.331),
}
NAMES = tuple(SHARES)
ITEM_NAMES = tuple(f"item{j}" for j in range(ITEMS))

Codes = NDArray[np.int32]
Numbers = NDArray[np.float64]


def write(folder: Path) -> None:
    """Write codes, answers and margins as plain numbers."""
    rng = np.random.default_rng(355)
    (folder / "totals.json").write_text(json.dumps({name: list(margin) for name, margin in totals().items()}))
    (folder / "totals.txt").write_text("\n".join(" ".join(map(repr, map(float, t))) for t in totals().values()) + "\n")
    for n in RAKING_SIZES:
        drawn = draw(rng, n)
        drawn.tofile(folder / f"codes_{n}.bin")
        if n in ESTIMATION_SIZES:
            answered(rng, drawn).tofile(folder / f"items_{n}.bin")


def totals() -> dict[str, Numbers]:
    """Population total of every category."""
    return {name: np.array(shares) / sum(shares) * TOTAL for name, shares in SHARES.items()}


def draw(rng: np.random.Generator, n: int) -> Codes:
    """Draw members (n, 5) who answer unevenly, so that there is something to weigh."""
    columns = []
    for shares in SHARES.values():
        skewed = np.array(shares) * np.linspace(0.6, 1.4, len(shares))
        columns.append(rng.choice(len(shares), n, p=skewed / skewed.sum()))
    return np.stack(columns, axis=1).astype(np.int32)


def answered(rng: np.random.Generator, drawn: Codes) -> NDArray[np.int32]:
    """Answer 40 yes/no items (n, 40), with chances that go with age and education."""
    tilt = 0.05 * drawn[:, :1] - 0.08 * drawn[:, 3:4]
    chance = np.clip(np.linspace(0.1, 0.9, ITEMS) + tilt, 0.02, 0.98)
    return (rng.random((len(drawn), ITEMS)) < chance).astype(np.int32)


def codes(folder: Path, n: int) -> Codes:
    """Read the codes (n, 5)."""
    return np.fromfile(folder / f"codes_{n}.bin", dtype=np.int32).reshape(n, len(NAMES))


def items(folder: Path, n: int) -> Numbers:
    """Read the answers (n, 40)."""
    return np.fromfile(folder / f"items_{n}.bin", dtype=np.int32).reshape(n, ITEMS).astype(np.float64)


def margin_error(drawn: Codes, weights: Numbers) -> float:
    """Largest relative error over margins and categories; of weights (n,) or (n, replicates)."""
    worst = 0.0
    for j, margin in enumerate(totals().values()):
        for k, total in enumerate(margin):
            worst = max(worst, float(np.abs(weights[drawn[:, j] == k].sum(axis=0) / total - 1.0).max()))
    return worst


def crosstab(drawn: Codes) -> Numbers:
    """Numbers of respondents in every cell of the five margins."""
    shape = tuple(len(shares) for shares in SHARES.values())
    flat = np.ravel_multi_index(tuple(drawn.T), shape)
    return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)
