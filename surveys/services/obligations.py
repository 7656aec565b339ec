"""The pause that overdue feedback puts on a body, and how that body lifts it in public."""

from datetime import date

from core import audit, clock
from core.db import db
from core.dialect import lock
from core.errors import BlockedError, Blocker, ConflictError
from core.permissions import require
from surveys.models.commission import Obligation


def lift_pause(obligation: Obligation, *, decision: str, decided_on: date | None, url: str, reason: str) -> None:
    """Lift the pause by a public decision of the body; the feedback itself stays due."""
    require("obligation.lift")
    lock(db.session, obligation)
    if not pauses(obligation):
        raise ConflictError("nothing-to-lift")
    missing = _missing(decision, decided_on, url, reason)
    if missing:
        raise BlockedError(missing)
    obligation.pause_lifted_at = clock.now()
    obligation.pause_lifted_decision, obligation.pause_lifted_reason = decision.strip(), reason.strip()
    obligation.pause_lifted_on, obligation.pause_lifted_url = decided_on, url.strip()
    audit.record("obligation.lift", "obligation", obligation.wave_ref, detail={"decision": decision, "url": url})
    db.session.flush()


def pauses(obligation: Obligation) -> bool:
    """Whether this feedback is overdue and so keeps its body from commissioning."""
    settled = obligation.fulfilled_at is not None or obligation.pause_lifted_at is not None
    return not settled and obligation.due_on < clock.today()


def _missing(decision: str, decided_on: date | None, url: str, reason: str) -> list[Blocker]:
    found = []
    if not decision.strip():
        found.append(Blocker("decision", "Noem het nummer van het besluit van het orgaan.", anchor="decision"))
    if decided_on is None or decided_on > clock.today():
        found.append(
            Blocker("decided_on", "Noem de datum van het besluit; die ligt niet in de toekomst.", anchor="decided_on")
        )
    if not url.strip().startswith(("https://", "http://")):
        found.append(Blocker("url", "Geef de link naar het besluit. Die begint met https://.", anchor="url"))
    if not reason.strip():
        found.append(Blocker("reason", "Schrijf de reden op; die wordt openbaar.", anchor="reason"))
    return found
