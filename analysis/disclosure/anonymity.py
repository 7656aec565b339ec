"""Who stands out in microdata: combinations that too few rows share, and classes that share one answer."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray, IntArray, as_codes, require_count, require_length
from analysis.errors import InputError

DEFAULT_K = 10


@dataclass(frozen=True)
class Combination:
    """Values of some variables (columns) that `count` rows share."""

    variables: tuple[int, ...]
    values: tuple[int, ...]
    count: int


@dataclass(frozen=True, eq=False)
class Anonymity:
    """How many rows share each combination of all variables.

    Attributes
    ----------
    smallest : int
        The k that holds: rows in the smallest class.
    class_of : (n,) int array
        Class per row.
    sizes : (n,) int array
        Rows in the class of each row.
    violating : tuple of Combination
        Classes under the k asked, smallest first.
    """

    smallest: int
    class_of: IntArray
    sizes: IntArray
    violating: tuple[Combination, ...]

    @property
    def n_violating(self) -> int:
        """Rows in classes under the k asked."""
        return sum(combination.count for combination in self.violating)


@dataclass(frozen=True, eq=False)
class Diversity:
    """How varied the answers are within each class: the smallest over the classes counts.

    `distinct`: number of different answers; `entropy`: exp of the entropy, the effective number of answers.
    """

    distinct: int
    entropy: float
    per_class: IntArray


def measure_anonymity(codes: ArrayLike, k: int = DEFAULT_K) -> Anonymity:
    """Count the rows per combination of all columns of `codes` (n, d); a blank (-1) is a value of its own.

    Raises
    ------
    InputError
        wrong_shape, not_integer, no_rows, invalid_value (k under 1).

    References
    ----------
    Sweeney, L. (2002). k-anonymity. Int. J. Uncertainty, Fuzziness and Knowledge-Based Systems 10(5), 557-570.
    """
    table = require_microdata(codes, k)
    different, class_of, counts = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    small = np.flatnonzero(counts < k)
    variables = tuple(range(table.shape[1]))
    found = [Combination(variables, tuple(different[i].tolist()), int(counts[i])) for i in small]
    labels = class_of.reshape(-1)
    return Anonymity(
        int(counts.min()),
        labels.astype(np.int64),
        counts[labels].astype(np.int64),
        tuple(sorted(found, key=lambda combination: (combination.count, combination.values))),
    )


def rare_combinations(codes: ArrayLike, k: int = DEFAULT_K, max_variables: int = 3) -> tuple[Combination, ...]:
    """Return the smallest combinations of values that fewer than `k` rows share.

    A combination that contains a rarer part is left out: the part already says where to merge.

    Raises
    ------
    InputError
        As `measure_anonymity`.
    """
    table = require_microdata(codes, k)
    require_count("max_variables", max_variables)
    found: list[Combination] = []
    for size in range(1, min(max_variables, table.shape[1]) + 1):
        for variables in itertools.combinations(range(table.shape[1]), size):
            values, counts = np.unique(table[:, list(variables)], axis=0, return_counts=True)
            found += [
                combination
                for row, count in zip(values[counts < k], counts[counts < k], strict=True)
                if not _has_rare_part(combination := Combination(variables, tuple(row.tolist()), int(count)), found)
            ]
    return tuple(found)


def measure_diversity(codes: ArrayLike, sensitive: ArrayLike) -> Diversity:
    """Measure how many different `sensitive` (n,) answers each class of `codes` (n, d) holds (l-diversity).

    Raises
    ------
    InputError
        As `measure_anonymity`; wrong_length.

    References
    ----------
    Machanavajjhala, A. et al. (2007). l-diversity: privacy beyond k-anonymity. ACM TKDD 1(1), art. 3.
    """
    classes = measure_anonymity(codes, 1).class_of
    answers = as_codes("sensitive", sensitive, 1)
    require_length("sensitive", answers, classes.shape[0])
    _, answer = np.unique(answers, return_inverse=True)
    table = np.zeros((int(classes.max()) + 1, int(answer.max()) + 1))
    np.add.at(table, (classes, answer), 1)
    distinct = np.count_nonzero(table, axis=1).astype(np.int64)
    return Diversity(int(distinct.min()), float(np.exp(_entropies(table)).min()), distinct)


def require_microdata(codes: ArrayLike, k: int) -> IntArray:
    """Return `codes` as (n, d) integers with at least one row and column."""
    table = as_codes("codes", codes, 2)
    if table.size == 0:
        raise InputError("no_rows", name="codes")
    require_count("k", k)
    return table


def class_labels(codes: IntArray) -> IntArray:
    """Number the different rows of `codes` (n, d) from 0 on."""
    labels = np.zeros(codes.shape[0], dtype=np.int64)
    for column in codes.T:
        shifted = column - column.min()
        _, inverse = np.unique(labels * (shifted.max() + 1) + shifted, return_inverse=True)
        labels = inverse.astype(np.int64)
    return labels


def _has_rare_part(combination: Combination, found: list[Combination]) -> bool:
    values = dict(zip(combination.variables, combination.values, strict=True))
    return any(
        all(values.get(variable) == value for variable, value in zip(rare.variables, rare.values, strict=True))
        for rare in found
    )


def _entropies(table: FloatArray) -> FloatArray:
    shares = table / table.sum(axis=1, keepdims=True)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.asarray(-(shares * logs).sum(axis=1), dtype=np.float64)
