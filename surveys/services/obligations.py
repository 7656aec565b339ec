"""The pause that overdue feedback puts on a body, and how that body lifts it in public."""

from core import audit, clock
from core.db import db
from core.dialect import lock
from core.errors import BlockedError, Blocker, ConflictError
from core.permissions import require
from surveys.models.commission import Obligation


def lift_pause(obligation: Obligation, *, decision: str, reason: str) -> None:
    """Lift the pause by a public decision of the body; the feedback itself stays due."""
    require("obligation.lift")
    lock(db.session, obligation)
    if obligation.fulfilled_at is not None or obligation.pause_lifted_at is not None:
        raise ConflictError("nothing-to-lift")
    missing = []
    if not decision.strip():
        missing.append(Blocker("decision", "Noem het besluit van het orgaan.", anchor="decision"))
    if not reason.strip():
        missing.append(Blocker("reason", "Schrijf de reden op; die wordt openbaar.", anchor="reason"))
    if missing:
        raise BlockedError(missing)
    obligation.pause_lifted_at = clock.now()
    obligation.pause_lifted_decision, obligation.pause_lifted_reason = decision.strip(), reason.strip()
    audit.record("obligation.lift", "obligation", obligation.wave_ref, detail={"decision": decision})
    db.session.flush()
