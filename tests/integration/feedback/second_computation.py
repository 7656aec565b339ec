"""The figures of a wave computed a second time, by nothing that the product uses.

Weights by a plain loop of proportional fitting with trimming, standard errors by explicit linearization and by a
jackknife that fits again without each respondent, intervals from textbook formulas.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from panel.queries import margins
from surveys.models import SurveyResponse

Floats = NDArray[np.float64]
VARIABLES = ("sex", "age", "district", "education")
NOT_ASKED_ABOUT = "outside_75_plus"
LOW, HIGH = 0.3, 2.5


class Second:
    """The second computation over rows of the database."""

    def __init__(self, rows: list[SurveyResponse], *, trim: bool = True) -> None:
        self.rows = rows
        self.base = np.array([r.base_weight for r in rows], dtype=float)
        self.profiles = [{**r.classes, **r.weighting_classes} for r in rows]
        counts = {m.variable: dict(zip(m.categories, map(float, m.counts), strict=True)) for m in margins(VARIABLES)}
        self.total = sum(counts["sex"].values())
        self.dummies: dict[str, Floats] = {}
        self.wanted: dict[str, Floats] = {}
        for variable in VARIABLES:
            self._margin(variable, counts[variable])
        self.x = np.hstack([np.ones((len(rows), 1)), *self.dummies.values()])
        root = np.sqrt(self.base)[:, None]
        self.regression = np.linalg.pinv(self.x * root, rcond=1e-10) * root[:, 0]
        self.weights = self.trimmed() if trim else self.fitted(self.base[None, :])[0]

    def _margin(self, variable: str, counts: dict[str, float]) -> None:
        known = [c for c in counts if c != NOT_ASKED_ABOUT]
        seen = {p[variable] for p in self.profiles} - {NOT_ASKED_ABOUT}
        names = known + sorted(seen - set(known))
        hit = np.array([[float(p[variable] == c) for c in names] for p in self.profiles])
        inside = hit.sum(axis=1)
        # who does not tell keeps the share that they have before weighting
        own = (self.base[:, None] * hit)[:, len(known) :].sum(axis=0) / (self.base * inside).sum()
        shares = np.array([counts[c] for c in known]) / sum(counts[c] for c in known)
        self.dummies[variable] = hit
        self.wanted[variable] = np.concatenate([shares * (1 - own.sum()), own])

    def fitted(self, start: Floats) -> Floats:
        """Proportional fitting of each row of `start`, until the margins stand still at the population."""
        w: Floats = start * (self.total / start.sum(axis=1, keepdims=True))
        for _round in range(400):
            worst = 0.0
            for variable in VARIABLES:
                hit, wanted = self.dummies[variable], self.wanted[variable]
                sums = w @ hit
                inside = sums.sum(axis=1, keepdims=True) if self._is_part(hit) else self.total
                factor = inside * wanted / sums
                worst = max(worst, float(np.abs(factor - 1).max()))
                outside = 1 - hit.sum(axis=1)
                w = w * (factor @ hit.T + outside)
            if worst < 1e-13:
                break
        return w

    def _is_part(self, hit: Floats) -> bool:
        return bool((hit.sum(axis=1) == 0).any())

    def trimmed(self) -> Floats:
        """Cut and fit in turn until both hold."""
        mean = self.total / len(self.rows)
        w = self.fitted(self.base[None, :])
        for _round in range(500):
            if (w >= LOW * mean * (1 - 1e-9)).all() and (w <= HIGH * mean * (1 + 1e-9)).all():
                return w[0]
            w = self.fitted(np.clip(w, LOW * mean, HIGH * mean))
        raise AssertionError("the bounds are not met")

    def mean(self, values: Floats, weights: Floats | None = None) -> float:
        """The weighted mean of whoever answered."""
        w = self.weights if weights is None else weights
        there = np.isfinite(values)
        return float((w[there] * values[there]).sum() / w[there].sum())

    def error(self, values: Floats) -> float:
        """Linearized: regress the influence on the margins with base weights, weigh what is left."""
        there = np.isfinite(values)
        mean, total = self.mean(values), self.weights[there].sum()
        influence = np.where(there, np.nan_to_num(values) - mean, 0.0) / total
        z = self.weights * (influence - self.x @ (self.regression @ influence))
        n = len(self.rows)
        return float(np.sqrt(n / (n - 1) * ((z - z.mean()) ** 2).sum()))

    def share_bounds(self, values: Floats) -> tuple[float, float]:
        """The interval by the textbook: logit, or Korn and Graubard's where few stand on one side."""
        there = np.isfinite(values)
        n, p, se, w = int(there.sum()), self.mean(values), self.error(values), self.weights[there]
        kish = w.sum() ** 2 / (w**2).sum()
        if n < 30 or kish * min(p, 1 - p) < 10:
            size = p * (1 - p) / se**2 if 0 < p < 1 and se > 0 else kish
            low = stats.beta.ppf(0.025, size * p, size * (1 - p) + 1) if p > 0 else 0.0
            high = stats.beta.ppf(0.975, size * p + 1, size * (1 - p)) if p < 1 else 1.0
            return float(low), float(high)
        reach = stats.t.ppf(0.975, n - 1) * se / (p * (1 - p))
        centre = np.log(p / (1 - p))
        low, high = (float(1 / (1 + np.exp(-v))) for v in (centre - reach, centre + reach))
        return low, high

    def mean_bounds(self, values: Floats) -> tuple[float, float]:
        """The interval of a mean by Student's t."""
        mean, reach = self.mean(values), self.error(values) * stats.t.ppf(0.975, int(np.isfinite(values).sum()) - 1)
        return mean - reach, mean + reach
