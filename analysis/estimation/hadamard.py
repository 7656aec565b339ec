"""Hadamard matrices, from which balanced half-samples are read."""

from functools import cache

import numpy as np

from analysis.arrays import FloatArray
from analysis.errors import InputError

_LARGEST_ORDER = 4096


def hadamard_matrix(order: int) -> FloatArray:
    """Return a Hadamard matrix (m, m) of the smallest order m >= `order` that can be built here.

    Entries are 1 and -1, rows and columns are orthogonal (H'H = m I), the first row and column are 1. Built
    by doubling (Sylvester 1867) from the Paley constructions over the integers modulo a prime (Paley 1933,
    On orthogonal matrices, Journal of Mathematics and Physics 12, 311-320). Not every multiple of four can
    be reached that way (52 and 92 cannot): then the next one is taken, and m is more than `order`.

    Raises
    ------
    InputError
        invalid_value, when `order` is not in 1..4096.
    """
    if not 1 <= order <= _LARGEST_ORDER:
        raise InputError("invalid_value", name="order", value=order, reason=f"it must lie in 1..{_LARGEST_ORDER}")
    found = None
    while found is None:
        found = _build(order)
        order += 1
    # normalised: the first row and column hold ones only
    found = found * found[:, :1]
    return found * found[:1]


@cache
def _build(order: int) -> FloatArray | None:
    if order <= 2:
        return np.array([[1.0, 1.0], [1.0, -1.0]])[:order, :order]
    if order % 4:
        return None
    half = _build(order // 2)
    if half is not None:
        return np.kron(np.array([[1.0, 1.0], [1.0, -1.0]]), half)
    if _is_prime(order - 1):
        return _paley_skew(order - 1)
    if (order // 2) % 4 == 2 and _is_prime(order // 2 - 1):
        return _paley_symmetric(order // 2 - 1)
    return None


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def _residues(prime: int) -> FloatArray:
    """Return the (q, q) matrix of quadratic characters of i - j modulo the prime q."""
    character = np.full(prime, -1.0)
    character[np.arange(1, prime) ** 2 % prime] = 1.0
    character[0] = 0.0
    return np.asarray(character[(np.arange(prime)[:, None] - np.arange(prime)) % prime])


def _paley_skew(prime: int) -> FloatArray:
    """Return the matrix of order q + 1, for q = 3 modulo 4."""
    core = np.zeros((prime + 1, prime + 1))
    core[0, 1:], core[1:, 0] = 1.0, -1.0
    core[1:, 1:] = _residues(prime)
    return core + np.eye(prime + 1)


def _paley_symmetric(prime: int) -> FloatArray:
    """Return the matrix of order 2(q + 1), for q = 1 modulo 4."""
    core = np.zeros((prime + 1, prime + 1))
    core[0, 1:], core[1:, 0] = 1.0, 1.0
    core[1:, 1:] = _residues(prime)
    zero, one = np.array([[1.0, -1.0], [-1.0, -1.0]]), np.array([[1.0, 1.0], [1.0, -1.0]])
    return np.kron(core, one) + np.kron(np.eye(prime + 1), zero)
