"""Area-level estimates against published figures.

Milk expenditure in 43 areas, 1989: direct estimates and standard errors of Arora & Lahiri (1997), Statistica Sinica
7, 1053-1063, with the major areas of You & Chapman (2006), Survey Methodology 32, 97-103. Estimates and mean squared
errors as printed by R's sae package (Molina & Marhuenda 2015, R Journal 7, 81-98), which stops at a relative change
of 1e-4 in the variance: that, and the seven digits printed, set the tolerances.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from analysis.arrays import FloatArray
from analysis.estimation.small_areas import estimate_small_areas

FILE = Path(__file__).parent / "published" / "milk_expenditure.csv"


def _milk() -> dict[str, FloatArray]:
    with FILE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {column: np.array([float(row[column]) for row in rows]) for column in rows[0]}


@pytest.mark.parametrize("method", ["reml", "ml", "fay_herriot"])
def test_milk_expenditure(method):
    milk = _milk()
    x = np.column_stack([np.ones(43), milk["major_area"][:, None] == [2, 3, 4]])
    found = estimate_small_areas(milk["direct"], milk["standard_error"] ** 2, x, method=method)
    np.testing.assert_allclose(found.estimate, milk[method], atol=2e-6)
    np.testing.assert_allclose(found.mse, milk[f"{method}_mse"], rtol=1e-5)
    if method == "reml":
        np.testing.assert_allclose(found.coefficients, [0.9681890, 0.1327801, 0.2269462, -0.2413011], atol=1e-6)
        errors = np.sqrt(np.diag(found.coefficient_covariance))
        np.testing.assert_allclose(errors, [0.06936208, 0.10300072, 0.09232981, 0.08161707], atol=1e-6)
