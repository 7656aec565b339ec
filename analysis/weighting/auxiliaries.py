"""Numeric totals of the population, and what respondents know of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, as_floats, require_length
from analysis.errors import InputError, MarginError, Refusal


@dataclass(frozen=True, eq=False)
class Auxiliary:
    """A numeric variable with its known population total.

    Attributes
    ----------
    variable : str
        Name, as printed in errors and in the method text.
    values : (n,) array
        Value of each respondent; not-a-number is missing (and refused). The total of one group of people is
        the total of a variable that is nought for all others.
    total : float
        Sum of the variable over the population, in the units of `values`.
    source : str
        Table, year and derivation, for the method text.

    Raises
    ------
    InputError
        wrong_shape; invalid_value, when an infinity is among the values.
    MarginError
        invalid_total.
    """

    variable: str
    values: FloatArray = field(repr=False)
    total: float
    source: str = ""

    def __post_init__(self) -> None:
        values = as_floats(f"values of {self.variable}", self.values, 1)
        object.__setattr__(self, "values", values)
        if np.isinf(values).any():
            raise InputError("invalid_value", name=self.variable, value=float("inf"), reason="it must be finite")
        if not np.isfinite(as_floats(f"total of {self.variable}", self.total, 0)):
            raise MarginError("invalid_total", margin=self.variable, category="", total=self.total)


def refuse_auxiliaries(auxiliaries: Sequence[Auxiliary], n: int) -> tuple[Refusal, ...]:
    """Return a refusal per variable that some of the `n` respondents lack.

    Raises
    ------
    InputError
        wrong_length.
    MarginError
        duplicate_margin.
    """
    found: list[Refusal] = []
    for position, auxiliary in enumerate(auxiliaries):
        require_length(f"values of {auxiliary.variable}", auxiliary.values, n)
        if auxiliary.variable in [other.variable for other in auxiliaries[:position]]:
            raise MarginError("duplicate_margin", margin=auxiliary.variable)
        n_missing = int(np.count_nonzero(np.isnan(auxiliary.values)))
        if n_missing:
            found.append(Refusal("missing_value", auxiliary.variable, "", n_missing, auxiliary.total))
    return tuple(found)


def variance_factors(factors: ArrayLike | None, n: int) -> FloatArray | None:
    """Return the q of the distance, checked; raises InputError (wrong_shape, wrong_length, invalid_value)."""
    if factors is None:
        return None
    q = as_floats("variance_factors", factors, 1)
    require_length("variance_factors", q, n)
    if not (np.isfinite(q) & (q > 0)).all():
        raise InputError("invalid_value", name="variance_factors", value=float(q.min()), reason="all must be positive")
    return q
