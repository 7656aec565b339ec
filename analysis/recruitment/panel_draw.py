"""Draw one panel from a lottery by a stored seed, with a proof that anyone can recompute.

Every random choice is SHA-256 over the seed, the lottery's digest and what is chosen: no random number generator
of a library is involved, so the draw is the same on every machine and in every version.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from analysis.arrays import IntArray
from analysis.errors import InputError
from analysis.recruitment.selection import TICKETS, PanelLottery


@dataclass(frozen=True, eq=False)
class PanelDraw:
    """The drawn `panel` (k,) of candidate indices in order, with seed, lottery digest, ticket and its own digest."""

    panel: IntArray
    seed: str
    lottery_digest: str
    ticket: int
    outcome: int
    digest: str


def draw_panel(lottery: PanelLottery, seed: str) -> PanelDraw:
    """Return the panel that `seed` draws.

    The ticket is SHA-256(seed, digest, "ticket") modulo `TICKETS`; the outcome is the one that holds it, counted
    in stored order. Within each kind of household, households are put in the order of their SHA-256 and take the
    outcome's seats in turn; within a household of several candidates of the group the smallest SHA-256 is taken.

    Raises
    ------
    InputError
        invalid_value, when the seed is empty.
    """
    if not seed:
        raise InputError("invalid_value", name="seed", value=repr(seed), reason="must not be empty")
    digest = lottery.digest
    ticket = _number(seed, digest, "ticket") % TICKETS
    outcome = int(np.searchsorted(np.cumsum(lottery.tickets), ticket, side="right"))
    panel = np.sort(np.append(lottery.required, _seated(lottery, lottery.counts[outcome], seed, digest)))
    proof = f"{seed};{digest};{ticket};{','.join(map(str, panel.tolist()))}"
    return PanelDraw(panel, seed, digest, ticket, outcome, hashlib.sha256(proof.encode()).hexdigest())


def verify_draw(lottery: PanelLottery, draw: PanelDraw) -> bool:
    """Say whether `draw` is what its seed draws from this very lottery."""
    again = draw_panel(lottery, draw.seed)
    same = (again.lottery_digest, again.ticket, again.outcome, again.digest)
    return same == (draw.lottery_digest, draw.ticket, draw.outcome, draw.digest) and np.array_equal(
        again.panel, draw.panel
    )


def _seated(lottery: PanelLottery, counts: IntArray, seed: str, digest: str) -> IntArray:
    panel: list[int] = []
    members = _members(lottery)
    for signature in np.unique(lottery.signature[counts > 0]).tolist():
        groups = np.flatnonzero(lottery.signature == signature)
        homes = {home for group in groups.tolist() for home in members[group]}
        order = sorted(homes, key=lambda home: (_number(seed, digest, f"household {home}"), home))
        seats = np.repeat(groups, counts[groups]).tolist()
        # an outcome holds at most one seat per household, so the order is never the shorter of the two
        for home, group in zip(order, seats, strict=False):
            panel.append(min(members[group][home], key=lambda one: (_number(seed, digest, f"candidate {one}"), one)))
    return np.array(panel, dtype=np.int64)


def _members(lottery: PanelLottery) -> list[dict[int, list[int]]]:
    """Return per group the candidates per household."""
    members: list[dict[int, list[int]]] = [{} for _ in lottery.signature]
    for candidate, (group, home) in enumerate(zip(lottery.group.tolist(), lottery.household.tolist(), strict=True)):
        if group >= 0:
            members[group].setdefault(home, []).append(candidate)
    return members


def _number(seed: str, digest: str, label: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed};{digest};{label}".encode()).digest(), "big")
