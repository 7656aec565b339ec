"""Weights that spell a class: a figure that only one education and tenure has is as good as printing them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray, as_codes, as_floats, require_length
from analysis.disclosure.anonymity import DEFAULT_K, class_labels, require_microdata
from analysis.errors import InputError

_DIGITS = 12
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)


@dataclass(frozen=True, eq=False)
class WeightDisclosure:
    """What weights add to the classes that stay.

    Attributes
    ----------
    spelled : (n,) bool array
        Rows whose withheld class follows from weight and kept classes, though not from the kept classes alone.
    singled_out : (n,) bool array
        Rows that fewer than k share once the weight is seen too.
    """

    spelled: BoolArray
    singled_out: BoolArray

    @property
    def is_safe(self) -> bool:
        """True when the weights may stay."""
        return not (self.spelled.any() or self.singled_out.any())


@dataclass(frozen=True, eq=False)
class WeightProposal:
    """The least rounding with which weights may stay, as a share of their mean; None: leave them out."""

    step: float | None
    weights: FloatArray | None


def weights_reveal_classes(
    weights: ArrayLike, kept: ArrayLike, withheld: ArrayLike, k: int = DEFAULT_K
) -> WeightDisclosure:
    """Judge whether weights (n,) give away `withheld` (n, e) classes beside the `kept` (n, d) ones.

    Raises
    ------
    InputError
        wrong_shape, wrong_length, not_integer, no_rows, invalid_value.

    Notes
    -----
    Weights that agree to twelve digits count as equal. Weights of raking are a product of one factor per
    margin, so an exact weight usually spells the whole profile.
    """
    table, hidden, w = _checked(weights, kept, withheld, k)
    return _judge(_significant(w), table, hidden, k)


def propose_weights(weights: ArrayLike, kept: ArrayLike, withheld: ArrayLike, k: int = DEFAULT_K) -> WeightProposal:
    """Return the finest rounding that reveals nothing, or that the weights have to go.

    Nothing is perturbed: rounded weights meet the margins only roughly, so figures are not recomputed from them.

    Raises
    ------
    InputError
        As `weights_reveal_classes`.
    """
    table, hidden, w = _checked(weights, kept, withheld, k)
    if _judge(_significant(w), table, hidden, k).is_safe:
        return WeightProposal(0.0, w)
    mean = w.mean()
    for step in _STEPS:
        rounded = np.round(w / mean / step)
        if rounded.min() > 0 and _judge(rounded, table, hidden, k).is_safe:
            return WeightProposal(step, np.asarray(rounded * step * mean, dtype=np.float64))
    return WeightProposal(None, None)


def _judge(weights: FloatArray, kept: IntArray, hidden: IntArray, k: int) -> WeightDisclosure:
    class_of = class_labels(kept)
    _, weight_of = np.unique(weights, return_inverse=True)
    seen_of = class_labels(np.column_stack([class_of, weight_of]))
    n_hidden_in_class = _n_different(class_of, hidden)[class_of]
    n_hidden_in_seen = _n_different(seen_of, hidden)[seen_of]
    sizes = np.bincount(seen_of)[seen_of]
    return WeightDisclosure(
        np.asarray((n_hidden_in_seen == 1) & (n_hidden_in_class > 1), dtype=np.bool_),
        np.asarray(sizes < k, dtype=np.bool_),
    )


def _n_different(groups: IntArray, values: IntArray) -> IntArray:
    pairs = np.unique(np.column_stack([groups, values]), axis=0)
    return np.bincount(pairs[:, 0])


def _significant(weights: FloatArray) -> FloatArray:
    """Weights to twelve significant digits."""
    scale = 10.0 ** (_DIGITS - 1 - np.floor(np.log10(weights)))
    return np.asarray(np.round(weights * scale) / scale, dtype=np.float64)


def _checked(weights: ArrayLike, kept: ArrayLike, withheld: ArrayLike, k: int) -> tuple[IntArray, IntArray, FloatArray]:
    table = require_microdata(kept, k)
    hidden = as_codes("withheld", withheld, 2)
    w = as_floats("weights", weights, 1)
    require_length("withheld", hidden, table.shape[0])
    require_length("weights", w, table.shape[0])
    if not (np.isfinite(w).all() and (w > 0).all()):
        raise InputError("invalid_value", name="weights", value="a weight", reason="must be finite and > 0")
    return table, class_labels(hidden), w
