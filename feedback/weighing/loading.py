"""Reads what a result document follows from: closed responses, cell counts, population figures, the frozen wave."""

from dataclasses import fields, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from sqlalchemy import func, select

from core import settings
from core.db import db
from core.models import SettingsVersion
from core.settings import MunicipalSettings
from feedback.models import Publication
from feedback.weighing.inputs import (
    DRAWN,
    Departure,
    Fieldwork,
    PopulationFigures,
    Responses,
    WeighingInput,
    figures_from,
)
from panel.queries import PopulationMargin, list_rounds, margins, round_totals
from panel.queries.category_merges import merge_hierarchy
from surveys.models import Wave
from surveys.models.fieldwork import CellCount, SurveyResponse
from surveys.questionnaire import WeightingPlan, from_document


def load_input(publication: Publication, wave: Wave) -> WeighingInput:
    """Everything that the results of a wave follow from."""
    frozen = from_document(wave.frozen_document or {})
    variables = tuple(dict.fromkeys((*frozen.plan.variables, *frozen.plan.breakdowns)))
    municipal = _settings(frozen.settings_version)
    return WeighingInput(
        wave=frozen,
        wave_ref=wave.public_id,
        frozen_hash=wave.frozen_hash or "",
        responses=load_responses(wave),
        figures=tuple(_figures(m) for m in margins(variables, as_of=wave.frozen_at)),
        fieldwork=_fieldwork(wave),
        departure=departure_of(publication),
        merges=_merges(frozen.plan, wave),
        privacy_floor=municipal.privacy_floor,
        publication_base=municipal.publication_base,
        code_version=code_version(),
    )


def load_again(publication: Publication, wave: Wave, document: dict[str, Any]) -> WeighingInput:
    """The input of an earlier document: answers as they are stored, everything else as the document froze it."""
    base, rule = document["base"], document["rule"]
    return replace(
        load_input(publication, wave),
        figures=tuple(figures_from(f) for f in document["figures"]),
        fieldwork=Fieldwork(**{f.name: base[f.name] for f in fields(Fieldwork)}),
        privacy_floor=rule["floor"],
        publication_base=rule["base"],
        code_version=document["inputs"]["code"],
    )


def load_responses(wave: Wave) -> Responses:
    """The closed responses in the order of their random ids."""
    rows = db.session.scalars(
        select(SurveyResponse).where(SurveyResponse.wave_id == wave.id).order_by(SurveyResponse.id)
    ).all()
    return Responses(
        ids=tuple(r.id for r in rows),
        answers=tuple(r.answers for r in rows),
        classes=tuple({**r.classes, **r.weighting_classes} for r in rows),
        base_weights=np.array([r.base_weight or 0.0 for r in rows], dtype=np.float64),
        drawn=np.array([r.origin == DRAWN for r in rows], dtype=np.bool_),
        late=tuple(r.flags.get("late") for r in rows),
    )


def classes_are_gone(wave: Wave) -> bool:
    """Whether the weighting-only classes and base weights were deleted, so that nothing can be recomputed."""
    gone = select(SurveyResponse.id).where(SurveyResponse.wave_id == wave.id, SurveyResponse.base_weight.is_(None))
    return db.session.scalars(gone.limit(1)).first() is not None


def _settings(version: int) -> MunicipalSettings:
    """The settings that the frozen wave used; those of now when it names none."""
    row = db.session.scalars(select(SettingsVersion).where(SettingsVersion.number == version)).first()
    return settings.from_document(row.document) if row else settings.municipal()


def departure_of(publication: Publication) -> Departure:
    """What was decided otherwise than the frozen plan, all decisions together; later bounds replace earlier ones."""
    merges: list[tuple[str, str, str]] = []
    dropped: list[str] = []
    low: float | None = None
    high: float | None = None
    for decision in publication.decisions:
        merges += [(str(m[0]), str(m[1]), str(m[2])) for m in decision.merges]
        dropped += [str(v) for v in decision.dropped]
        low = low if decision.trim_low is None else decision.trim_low
        high = high if decision.trim_high is None else decision.trim_high
    return Departure(tuple(dict.fromkeys(merges)), tuple(dict.fromkeys(dropped)), low, high)


def code_version() -> str:
    """The release that computes, with that of the numeric library."""
    try:
        own = version("inwonerspanel")
    except PackageNotFoundError:
        own = "0.1.0"
    return f"inwonerspanel {own}; numpy {np.__version__}"


def _figures(margin: PopulationMargin) -> PopulationFigures:
    return PopulationFigures(
        variable=margin.variable,
        categories=margin.categories,
        labels=margin.labels,
        counts=tuple(float(n) for n in margin.counts),
        unit=margin.unit,
        age_min=margin.age_min or 0,
        age_max=margin.age_max,
        source=margin.source,
        reference=margin.reference.isoformat(),
        status=margin.status.value,
        derivation=margin.derivation,
    )


def _fieldwork(wave: Wave) -> Fieldwork:
    rows = db.session.execute(
        select(CellCount.origin, func.sum(CellCount.invited), func.sum(CellCount.answered))
        .where(CellCount.wave_id == wave.id)
        .group_by(CellCount.origin)
    ).all()
    drawn = next(((int(i), int(a)) for origin, i, a in rows if origin == DRAWN), (0, 0))
    rounds = [round_totals(r) for r in list_rounds()]
    letters, joined = sum(r.letters for r in rounds), sum(r.joined for r in rounds)
    return Fieldwork(wave.invited_n, wave.answered_n, drawn[0], drawn[1], letters, joined)


def _merges(plan: WeightingPlan, wave: Wave) -> tuple[tuple[str, str, str], ...]:
    """The frozen merge hierarchy; a plan without one uses the one that held in the municipality when it was frozen."""
    if plan.merges:
        return tuple((str(m["variable"]), str(m["category"]), str(m["into"])) for m in plan.merges)
    first: dict[tuple[str, str], str] = {}
    for step in merge_hierarchy(as_of=wave.frozen_at):
        first.setdefault((step.variable, step.category), step.merge_with)
    return tuple((variable, category, into) for (variable, category), into in first.items())
