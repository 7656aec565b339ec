"""The public page of an agreement: what was promised, and every later change beside it."""

from flask import render_template

from core.web.access import Audience, allow
from surveys import labels, queries_commission
from surveys.lifecycle import WaveStatus
from surveys.views.blueprints import public as bp

SHOWN = frozenset(WaveStatus) - {WaveStatus.DESIGN}


@bp.get("/<slug>")
@allow(Audience.PUBLIC)
def show(slug: str) -> str:
    """One agreement, as it was fixed."""
    commission = queries_commission.get_agreement(slug)
    return render_template(
        "surveys/public/agreement.html",
        commission=commission,
        document=commission.accepted_document or {},
        waves=[w for w in queries_commission.waves_of(commission) if w.status in SHOWN],
        labels=labels,
    )
