"""The public page of an agreement: what was promised, every later change beside it, and what became of its waves."""

from dataclasses import dataclass
from typing import Any

from flask import render_template

from core.db import db
from core.web.access import Audience, allow
from panel.wave_samples import SamplePlan
from surveys import labels, queries_commission, queries_wave
from surveys.freezing import sample_of
from surveys.lifecycle import WaveStatus
from surveys.models.commission import Commission, Obligation
from surveys.models.fieldwork import Fieldwork
from surveys.models.wave import SignOff, SignOffKind, Wave
from surveys.views.blueprints import public as bp
from surveys.views.stratum_words import drawn_strata

SHOWN = frozenset(WaveStatus) - {WaveStatus.DESIGN}


@dataclass(frozen=True)
class PublicWave:
    """A wave with the marks that everybody may see: signed afterwards, or not signed yet."""

    wave: Wave
    unsigned: SignOff | None
    signed_late: SignOff | None
    obligation: Obligation | None
    draw: dict[str, Any]
    strata: list[tuple[str, dict[str, Any]]]
    plan: SamplePlan | None


def public_waves(commission: Commission) -> list[PublicWave]:
    """The waves of an agreement that are past their design."""
    return [_public(wave) for wave in queries_commission.waves_of(commission) if wave.status in SHOWN]


def _public(wave: Wave) -> PublicWave:
    work = db.session.get(Fieldwork, wave.id)
    draw = work.draw if work else {}
    return PublicWave(
        wave,
        queries_wave.open_late_mark(wave),
        next((s for s in wave.sign_offs if s.kind is SignOffKind.LATE and s.signed_at), None),
        queries_commission.find_obligation(wave),
        draw,
        drawn_strata(wave, draw) if draw else [],
        sample_of(wave),
    )


@bp.get("/<slug>")
@allow(Audience.PUBLIC)
def show(slug: str) -> str:
    """One agreement, as it was fixed."""
    commission = queries_commission.get_agreement(slug)
    return render_template(
        "surveys/public/agreement.html",
        commission=commission,
        document=commission.accepted_document or {},
        waves=public_waves(commission),
        labels=labels,
    )
