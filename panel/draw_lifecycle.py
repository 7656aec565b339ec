"""States of a fair draw: which steps exist, and everything that is still missing before one."""

from datetime import date

from core.errors import BlockedError, Blocker, TransitionError
from panel.models import DrawStatus, FairDraw

STEPS: dict[DrawStatus, frozenset[DrawStatus]] = {
    DrawStatus.DRAFT: frozenset({DrawStatus.COMPUTED, DrawStatus.CANCELLED}),
    DrawStatus.COMPUTED: frozenset({DrawStatus.DRAFT, DrawStatus.PUBLISHED, DrawStatus.CANCELLED}),
    DrawStatus.PUBLISHED: frozenset({DrawStatus.DRAWN, DrawStatus.CANCELLED}),
    DrawStatus.DRAWN: frozenset(),
    DrawStatus.CANCELLED: frozenset(),
}


def blockers(draw: FairDraw, to: DrawStatus, today: date) -> list[Blocker]:
    """Everything that stands in the way of this step."""
    if to is DrawStatus.PUBLISHED:
        return _publishing(draw, today)
    if to is DrawStatus.DRAWN:
        return _drawing(draw, today)
    if to is DrawStatus.CANCELLED and not draw.cancelled_because:
        return [Blocker("no-reason", "Schrijf op waarom de loting niet doorgaat.", anchor="because")]
    return []


def _publishing(draw: FairDraw, today: date) -> list[Blocker]:
    found = []
    if not draw.seed_source:
        found.append(Blocker("no-source", "Schrijf op waar het lotnummer vandaan komt.", anchor="source"))
    if draw.seed_on is None or draw.seed_on <= today:
        message = "Kies een dag na vandaag: niemand mag het lotnummer nu al kennen."
        found.append(Blocker("seed-known", message, anchor="on"))
    return found


def _drawing(draw: FairDraw, today: date) -> list[Blocker]:
    found = []
    if draw.seed_on is None or today < draw.seed_on:
        found.append(Blocker("too-early", "Het lotnummer is er nog niet. Wacht tot de afgesproken dag.", anchor="seed"))
    if not draw.seed:
        found.append(Blocker("no-seed", "Vul het lotnummer in.", anchor="seed"))
    return found


def check(draw: FairDraw, to: DrawStatus, today: date) -> None:
    """Raise TransitionError when the step does not exist, BlockedError with all that is missing."""
    if to not in STEPS[draw.status]:
        raise TransitionError("no-such-step", source=draw.status.value, target=to.value)
    found = blockers(draw, to, today)
    if found:
        raise BlockedError(found)
