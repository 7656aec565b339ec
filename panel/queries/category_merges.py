"""With which neighbour a category is taken together, as it held at a moment."""

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import or_, select

from core import clock, settings
from core.db import db
from panel.models import CategoryMerge

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "category_merges.csv"


@dataclass(frozen=True)
class MergeStep:
    """A category, the neighbour it may join, the order of trying and why; `number` is 0 for a shipped step."""

    variable: str
    category: str
    merge_with: str
    preference: int
    reason: str
    number: int = 0


def shipped_merges() -> list[MergeStep]:
    """The neighbours that ship with the figures."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return [
            MergeStep(r["variable"], r["category"], r["merge_with"], int(r["preference"]), r["reason"])
            for r in csv.DictReader(file)
        ]


def merge_hierarchy(gm_code: str | None = None, *, as_of: datetime | None = None) -> list[MergeStep]:
    """The steps of a municipality at a moment: its own for a variable it changed, the shipped ones for the others."""
    gm, moment = gm_code or settings.municipal().gm_code, as_of or clock.now()
    rows = db.session.scalars(
        select(CategoryMerge)
        .where(
            CategoryMerge.gm_code == gm,
            CategoryMerge.valid_from <= moment,
            or_(CategoryMerge.valid_until.is_(None), CategoryMerge.valid_until > moment),
        )
        .order_by(CategoryMerge.variable, CategoryMerge.id)
    ).all()
    own = [MergeStep(r.variable, r.category, r.merge_with, r.preference, r.reason, r.id) for r in rows]
    changed = {step.variable for step in own}
    found = [step for step in shipped_merges() if step.variable not in changed] + own
    return sorted(found, key=lambda s: (s.variable, s.category, s.preference))
