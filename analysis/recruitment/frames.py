"""The sampling frame: who can be drawn, with a digest that tells any other frame apart."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import IntArray, as_codes, require_count, require_length
from analysis.errors import InputError


@dataclass(frozen=True, eq=False)
class Frame:
    """N persons who can be drawn; made by `sampling_frame`.

    Attributes
    ----------
    ids : tuple of str, length N
    strata : (N,) integer array
    n_strata : int
    households : (N,) integer array or None
    order : (N, k) integer array
        Implicit stratification for a systematic draw, most important column first; k may be 0.
    digest : str
        SHA-256 (hexadecimal) of all of it, the same for any order of the rows.
    """

    ids: tuple[str, ...]
    strata: IntArray
    n_strata: int
    households: IntArray | None
    order: IntArray
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", _frame_digest(self))

    @property
    def n(self) -> int:
        """Persons in the frame."""
        return len(self.ids)


def sampling_frame(
    ids: Iterable[str],
    *,
    strata: ArrayLike | None = None,
    n_strata: int | None = None,
    households: ArrayLike | None = None,
    order: ArrayLike | None = None,
) -> Frame:
    """Return the frame of persons with distinct `ids`.

    Parameters
    ----------
    ids : N distinct texts
    strata : (N,) integer array
        Codes 0..H-1; default one stratum.
    n_strata : int
        H; default the highest code + 1.
    households : (N,) integer array
        Persons with the same code live together.
    order : (N, k) or (N,) integer array

    Raises
    ------
    InputError
        no_rows, wrong_shape, wrong_length, not_integer, code_out_of_range, duplicate_id.
    """
    names = tuple(ids)
    n = len(names)
    if n == 0:
        raise InputError("no_rows", name="ids")
    _require_distinct(names)
    stratum = np.zeros(n, dtype=np.int64) if strata is None else as_codes("strata", strata, 1)
    require_length("strata", stratum, n)
    count = int(stratum.max()) + 1 if n_strata is None else require_count("n_strata", n_strata)
    outside = stratum[(stratum < 0) | (stratum >= count)]
    if outside.size:
        raise InputError("code_out_of_range", name="strata", value=int(outside[0]), last=count - 1)
    home = None if households is None else as_codes("households", households, 1)
    if home is not None:
        require_length("households", home, n)
    return Frame(names, stratum, count, home, _order(order, n))


def digest(parts: Iterable[str]) -> str:
    """Return the SHA-256 (hexadecimal) of `parts`, each framed."""
    hasher = hashlib.sha256()
    for part in parts:
        hasher.update(framed(part))
    return hasher.hexdigest()


def framed(text: str) -> bytes:
    """Return UTF-8 `text` behind its length and a colon, so that two parts never run into one another."""
    content = text.encode()
    return b"%d:%b" % (len(content), content)


def _order(order: ArrayLike | None, n: int) -> IntArray:
    if order is None:
        return np.zeros((n, 0), dtype=np.int64)
    given = np.asarray(order)
    columns = as_codes("order", given[:, None] if given.ndim == 1 else given, 2)
    require_length("order", columns, n)
    return columns


def _require_distinct(ids: tuple[str, ...]) -> None:
    seen: set[str] = set()
    for identifier in ids:
        if identifier in seen:
            raise InputError("duplicate_id", id=identifier)
        seen.add(identifier)


def _frame_digest(frame: Frame) -> str:
    """The digest of the rows by their ids, made row by row: a frame of a million is never in memory as text."""
    return digest(chain((str(frame.n_strata),), _rows(frame)))


def _rows(frame: Frame) -> Iterator[str]:
    strata = frame.strata.tolist()
    homes = None if frame.households is None else frame.households.tolist()
    ordered = frame.order.shape[1] > 0
    for row in sorted(range(frame.n), key=frame.ids.__getitem__):
        order = ",".join(map(str, frame.order[row])) if ordered else ""
        yield frame.ids[row]
        yield f"{strata[row]};{'' if homes is None else homes[row]};{order}"
