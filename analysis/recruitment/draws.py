"""Draws that anybody can repeat: the order follows from SHA-256 of seed and id, never from a random generator.

The algorithm "sha256-draw/1", for who repeats it elsewhere. A text is framed as its length in bytes, a colon and
the text in UTF-8. The key of a person is the SHA-256 of the framed texts "sha256-draw/1", "person", seed, id; keys
are compared as bytes. Simple: the n lowest keys of the stratum. Systematic: sort by the order columns, then by key;
take positions floor((start + j 2^256) N / (n 2^256)), j = 0..n-1, with start the SHA-256 of "sha256-draw/1", "start",
seed and the number of the stratum, read as a big-endian number. One per household: first keep of each household the
person with the lowest key made with "household" in the place of "person".
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray, FloatArray, IntArray, as_codes
from analysis.errors import InputError
from analysis.recruitment.frames import Frame, digest, framed

ALGORITHM = "sha256-draw/1"


class DrawMethod(StrEnum):
    """How persons are taken within a stratum."""

    SIMPLE = "simple"
    SYSTEMATIC = "systematic"


@dataclass(frozen=True)
class DrawRecord:
    """Proof of a draw: what is needed to repeat it, and digests of the frame and the outcome.

    Publish `seed` only after the frame digest, and let it come from elsewhere (a lottery, a notary): who knows
    the frame and chooses the seed can choose the outcome.
    """

    algorithm: str
    method: str
    seed: str
    sizes: tuple[int, ...]
    one_per_household: bool
    frame_digest: str
    outcome_digest: str


@dataclass(frozen=True, eq=False)
class Draw:
    """Outcome of a draw.

    Attributes
    ----------
    chosen : (n,) integer array
        Rows of the frame, stratum by stratum, in drawn order: a longer simple draw with the same seed begins
        with the same persons in each stratum.
    inclusion_probability : (N,) array
        Of every row of the frame; 1 / it is the base weight of a chosen one.
    record : DrawRecord
    """

    chosen: IntArray
    inclusion_probability: FloatArray
    record: DrawRecord


@dataclass(frozen=True)
class Verification:
    """What a repeated draw confirms."""

    algorithm_known: bool
    frame_matches: bool
    outcome_matches: bool

    @property
    def holds(self) -> bool:
        """The draw was made from this frame, in this way, with this outcome."""
        return self.algorithm_known and self.frame_matches and self.outcome_matches


def draw_sample(
    frame: Frame,
    sizes: ArrayLike,
    seed: str,
    *,
    method: DrawMethod = DrawMethod.SIMPLE,
    one_per_household: bool = False,
) -> Draw:
    """Draw `sizes` persons per stratum.

    Simple: those whose SHA-256 of seed and id is lowest. Systematic: with a random start at equal distances
    through the stratum, sorted by `frame.order` (implicit stratification) and within it by that SHA-256.
    One per household: first one member per household by SHA-256, then the draw among those; the inclusion
    probability is then n_h / M_h / size of the household, M_h the members left in the stratum (exact when
    households lie within one stratum, else as in two-phase sampling).

    Parameters
    ----------
    frame : Frame
    sizes : int or (H,) integer array
        Persons to draw per stratum; see `analysis.recruitment.allocation`.
    seed : str
        Any text but the empty one.
    method : DrawMethod
    one_per_household : bool
        Needs `frame.households`.

    Raises
    ------
    InputError
        wrong_length, not_integer, invalid_value, stratum_too_small.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques, 3rd ed. Wiley, chapters 5 and 8; Sarndal, Swensson & Wretman
    (1992). Model Assisted Survey Sampling. Springer, section 9.3 (two phases).
    """
    wanted = _sizes(sizes, frame.n_strata)
    _check(seed, frame, one_per_household)
    eligible, household_size = _eligible(frame, seed, one_per_household)
    keys = _keys(frame.ids, seed, "person")
    picked, probability = [], np.zeros(frame.n)
    for stratum, n in enumerate(wanted):
        members = np.flatnonzero(frame.strata == stratum)
        candidates = [int(row) for row in members if eligible[row]]
        if n > len(candidates):
            raise InputError("stratum_too_small", stratum=stratum, wanted=n, available=len(candidates))
        candidates.sort(key=keys.__getitem__)
        picked += _take(frame, candidates, n, method, _integer(seed, "start", str(stratum)))
        probability[members] = n / max(1, len(candidates)) / household_size[members]
    header = (ALGORITHM, method.value, seed, ",".join(map(str, wanted)), str(one_per_household), frame.digest)
    outcome = digest([*header, *(frame.ids[row] for row in picked)])
    record = DrawRecord(ALGORITHM, method.value, seed, tuple(wanted), one_per_household, frame.digest, outcome)
    return Draw(np.array(picked, dtype=np.int64), probability, record)


def one_of_each_household(frame: Frame, seed: str) -> BoolArray:
    """Return (N,) who is left when `seed` has drawn one person of each household: those `draw_sample` draws among.

    Sizes that must not be more than what a stratum has after that are found from it.

    Raises
    ------
    InputError
        invalid_value: an empty seed, a frame without households.
    """
    _check(seed, frame, one_per_household=True)
    return np.array(_eligible(frame, seed, one_per_household=True)[0], dtype=np.bool_)


def verify_draw(frame: Frame, record: DrawRecord) -> Verification:
    """Repeat the draw of `record` from `frame` and say what is confirmed; a record that cannot be right fails."""
    known = record.algorithm == ALGORITHM and record.method in set(DrawMethod)
    same_frame = record.frame_digest == frame.digest
    if not (known and same_frame):
        return Verification(known, same_frame, False)
    try:
        repeated = draw_sample(
            frame,
            np.array(record.sizes, dtype=np.int64),
            record.seed,
            method=DrawMethod(record.method),
            one_per_household=record.one_per_household,
        )
    except InputError:
        return Verification(known, same_frame, False)
    same = all(getattr(record, field.name) == getattr(repeated.record, field.name) for field in fields(record))
    return Verification(known, same_frame, same)


def _take(frame: Frame, candidates: list[int], n: int, method: DrawMethod, start: int) -> list[int]:
    if method is DrawMethod.SIMPLE or n == 0:
        return candidates[:n]
    ordered = sorted(candidates, key=lambda row: tuple(frame.order[row].tolist()))
    # whole numbers, so that no machine rounds differently: position j is floor((start / 2^256 + j) N / n)
    return [ordered[(start + (j << 256)) * len(ordered) // (n << 256)] for j in range(n)]


def _eligible(frame: Frame, seed: str, one_per_household: bool) -> tuple[list[bool], IntArray]:
    ones = np.ones(frame.n, dtype=np.int64)
    if not one_per_household or frame.households is None:
        return [True] * frame.n, ones
    keys = _keys(frame.ids, seed, "household")
    first: dict[int, int] = {}
    for row, household in enumerate(frame.households.tolist()):
        if household not in first or keys[row] < keys[first[household]]:
            first[household] = row
    chosen = set(first.values())
    _, position, count = np.unique(frame.households, return_inverse=True, return_counts=True)
    return [row in chosen for row in range(frame.n)], count[position].astype(np.int64)


def _keys(ids: Sequence[str], seed: str, purpose: str) -> list[bytes]:
    start = hashlib.sha256(b"".join(map(framed, (ALGORITHM, purpose, seed))))
    keys = []
    for identifier in ids:
        hasher = start.copy()
        hasher.update(framed(identifier))
        keys.append(hasher.digest())
    return keys


def _integer(seed: str, purpose: str, label: str) -> int:
    return int.from_bytes(_keys([label], seed, purpose)[0], "big")


def _sizes(sizes: ArrayLike, n_strata: int) -> list[int]:
    given = np.asarray(sizes)
    wanted = as_codes("sizes", given.reshape(1) if given.ndim == 0 else given, 1)
    if wanted.shape[0] != n_strata:
        raise InputError("wrong_length", name="sizes", expected=n_strata, got=wanted.shape[0])
    if (wanted < 0).any():
        raise InputError("invalid_value", name="sizes", value=wanted.tolist(), reason="must be zero or more")
    return [int(n) for n in wanted]


def _check(seed: str, frame: Frame, one_per_household: bool) -> None:
    if not seed:
        raise InputError("invalid_value", name="seed", value=repr(seed), reason="must not be empty")
    if one_per_household and frame.households is None:
        raise InputError("invalid_value", name="households", value=None, reason="needed for one per household")
