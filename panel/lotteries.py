"""The arithmetic of a fair draw between the stored draw and the numbers: quotas, lottery, draw, proof.

Only the worker and commands import this: it loads the solver.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analysis.recruitment.chances import summarize_chances
from analysis.recruitment.panel_draw import PanelDraw, draw_panel, verify_draw
from analysis.recruitment.quotas import QuotaFeature, quotas_from_shares
from analysis.recruitment.relaxation import QuotasInfeasibleError
from analysis.recruitment.selection import TICKETS, Objective, PanelLottery, select_panel

NO_GROUP = -1
# of each group the place of its category per variable: kept for the composition, not published with the lottery
CLASSES = "classes"


@dataclass(frozen=True)
class Share:
    """A category with its share of the population; None when the population figures do not know it."""

    category: str
    share: float | None


@dataclass(frozen=True)
class Candidate:
    """What the lottery knows of a candidate: the classes and which address, never who."""

    classes: Mapping[str, str]
    household: int


@dataclass(frozen=True)
class Lottery:
    """What is kept of a computed lottery: everything that its draw depends on, and what it means for candidates."""

    document: dict[str, Any]
    chances: list[dict[str, Any]]
    digest: str


class NoPanelError(Exception):
    """No panel meets the quotas; `problem` says why and what would help."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__("no panel meets the quotas")
        self.problem = problem


def propose_quotas(
    shares: Mapping[str, Sequence[Share]], seats: int, tolerance: float, candidates: Sequence[Candidate]
) -> list[dict[str, Any]]:
    """Quotas per variable after the population; a category without figures may have what it has of the candidates."""
    return [_proposed(variable, found, seats, tolerance, candidates) for variable, found in shares.items()]


def _proposed(
    variable: str, shares: Sequence[Share], seats: int, tolerance: float, candidates: Sequence[Candidate]
) -> dict[str, Any]:
    known = [(s.category, s.share) for s in shares if s.share is not None]
    feature = quotas_from_shares(
        variable, [c for c, _ in known], [share for _, share in known], seats, tolerance=tolerance
    )
    rows = [
        {"category": c, "share": share, "lower": low, "upper": high}
        for (c, share), low, high in zip(known, feature.lower, feature.upper, strict=True)
    ]
    for other in (s.category for s in shares if s.share is None):
        here = sum(1 for one in candidates if one.classes[variable] == other)
        most = -(-seats * here // max(1, len(candidates)))
        rows.append({"category": other, "share": None, "lower": 0, "upper": most})
    for row in rows:
        row["candidates"] = sum(1 for one in candidates if one.classes[variable] == row["category"])
    return {"variable": variable, "rows": rows}


def features_of(quotas: Sequence[Mapping[str, Any]]) -> list[QuotaFeature]:
    """The stored quotas as the solver takes them."""
    return [
        QuotaFeature(
            quota["variable"],
            tuple(row["category"] for row in quota["rows"]),
            tuple(int(row["lower"]) for row in quota["rows"]),
            tuple(int(row["upper"]) for row in quota["rows"]),
        )
        for quota in quotas
    ]


def compute(
    candidates: Sequence[Candidate], quotas: Sequence[Mapping[str, Any]], seats: int, objective: str, search: str
) -> Lottery:
    """The fairest lottery over all panels that meet the quotas; raises NoPanelError. `search` guides the solver."""
    features = features_of(quotas)
    codes = _codes(candidates, features)
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(search.encode()).digest()[:8], "big"))
    try:
        lottery = select_panel(
            codes,
            features,
            seats,
            rng=rng,
            objective=Objective(objective),
            households=np.array([one.household for one in candidates], dtype=np.int64),
        )
    except QuotasInfeasibleError as error:
        raise NoPanelError(_problem(error)) from error
    chances = [asdict(row) for row in summarize_chances(lottery, codes, features)]
    classes = {int(group): row for group, row in zip(lottery.group, codes.tolist(), strict=True) if group > NO_GROUP}
    document = {**pack(lottery), CLASSES: [classes[group] for group in range(len(lottery.signature))]}
    return Lottery(document, chances, lottery.digest)


def _codes(candidates: Sequence[Candidate], features: Sequence[QuotaFeature]) -> Any:
    order = [{category: n for n, category in enumerate(feature.categories)} for feature in features]
    return np.array(
        [
            [places[one.classes[feature.name]] for feature, places in zip(features, order, strict=True)]
            for one in candidates
        ],
        dtype=np.int64,
    ).reshape(len(candidates), len(features))


def _problem(error: QuotasInfeasibleError) -> dict[str, Any]:
    return {
        "conflicts": [asdict(conflict) for conflict in error.conflicts],
        "proposal": [asdict(change) for change in error.proposal],
    }


def pack(lottery: PanelLottery) -> dict[str, Any]:
    """The lottery as a document: `outcomes` lists per outcome the groups with seats as [group, seats]."""
    return {
        "objective": lottery.objective.value,
        "seats": lottery.seats,
        "tickets_in_all": TICKETS,
        "candidates": len(lottery.group),
        "group": lottery.group.tolist(),
        "household": lottery.household.tolist(),
        "signature": lottery.signature.tolist(),
        "outcomes": [[[g, n] for g, n in enumerate(row) if n] for row in lottery.counts.tolist()],
        "tickets": lottery.tickets.tolist(),
        "required": lottery.required.tolist(),
        "unreachable": lottery.unreachable.tolist(),
        "bound": lottery.bound,
        "gap": lottery.gap,
        "rounds": lottery.rounds,
        "generated": lottery.generated,
    }


def unpack(document: Mapping[str, Any]) -> PanelLottery:
    """The lottery of a document; the chances follow from its tickets."""
    group = np.array(document["group"], dtype=np.int64)
    signature = np.array(document["signature"], dtype=np.int64)
    counts = np.zeros((len(document["outcomes"]), len(signature)), dtype=np.int64)
    for row, outcome in enumerate(document["outcomes"]):
        for place, seats in outcome:
            counts[row, place] = seats
    tickets = np.array(document["tickets"], dtype=np.int64)
    required = np.array(document["required"], dtype=np.int64)
    sizes = np.bincount(group[group > NO_GROUP], minlength=len(signature))
    chances = np.append((tickets / TICKETS) @ counts / np.maximum(sizes, 1), 0.0)[group]
    chances[required] = 1.0
    return PanelLottery(
        objective=Objective(document["objective"]),
        seats=int(document["seats"]),
        group=group,
        household=np.array(document["household"], dtype=np.int64),
        signature=signature,
        counts=counts,
        tickets=tickets,
        required=required,
        chances=chances,
        unreachable=np.array(document["unreachable"], dtype=np.int64),
        bound=float(document["bound"]),
        gap=float(document["gap"]),
        rounds=int(document["rounds"]),
        generated=int(document["generated"]),
    )


def draw(document: Mapping[str, Any], seed: str) -> dict[str, Any]:
    """The panel that a seed draws, as numbers of candidates (1 is the first), with its proof."""
    drawn = draw_panel(unpack(document), seed)
    return {
        "seats": _seats(document, drawn.outcome),
        "panel": [place + 1 for place in drawn.panel.tolist()],
        "lottery_digest": drawn.lottery_digest,
        "ticket": drawn.ticket,
        "outcome": drawn.outcome + 1,
        "digest": drawn.digest,
    }


def _seats(document: Mapping[str, Any], outcome: int) -> list[dict[str, int]]:
    """Per variable the seats that an outcome gives to each place of its categories."""
    seats: list[dict[str, int]] = []
    for group, n in document["outcomes"][outcome]:
        codes = document[CLASSES][group]
        seats = seats or [{} for _ in codes]
        for found, code in zip(seats, codes, strict=True):
            found[str(code)] = found.get(str(code), 0) + n
    return seats


def verify(document: Mapping[str, Any], digest: str, seed: str, proof: Mapping[str, Any]) -> bool:
    """Whether the stored lottery has the digest that was published, and its seed draws exactly the stored panel."""
    lottery = unpack(document)
    panel = np.array([number - 1 for number in proof["panel"]], dtype=np.int64)
    drawn = PanelDraw(panel, seed, proof["lottery_digest"], proof["ticket"], proof["outcome"] - 1, proof["digest"])
    return lottery.digest == digest == proof["lottery_digest"] and verify_draw(lottery, drawn)
