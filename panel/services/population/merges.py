"""The griffie decides which categories may be taken together; what held before stays on record."""

from sqlalchemy import select, update

from core import audit, clock
from core.db import db
from core.dialect import begin_write
from core.errors import BlockedError, Blocker, NotFoundError
from core.permissions import require
from panel.models import CategoryMerge
from panel.queries.category_merges import MergeStep, merge_hierarchy
from panel.queries.population import margins

LONGEST_REASON = 500


def add_merge(*, gm_code: str, variable: str, category: str, merge_with: str, preference: int, reason: str) -> None:
    """Add a step; raises BlockedError for categories that do not exist, a place that is taken or an empty reason."""
    require("panel.load_population")
    begin_write(db.session)
    steps = _own_steps(gm_code, variable)
    found = _faults(gm_code, MergeStep(variable, category, merge_with, preference, reason.strip()), steps)
    if found:
        raise BlockedError(found)
    _insert(gm_code, MergeStep(variable, category, merge_with, preference, reason.strip()))
    detail = {"variable": variable, "category": category, "with": merge_with, "reason": reason.strip()}
    audit.record("merges.add", "municipality", gm_code, detail=detail)
    db.session.flush()


def end_merge(*, gm_code: str, variable: str, category: str, preference: int, reason: str) -> None:
    """A step holds no longer; raises NotFoundError for one that does not hold, BlockedError without a reason."""
    require("panel.load_population")
    begin_write(db.session)
    if not reason.strip():
        raise BlockedError([Blocker("reason", "Schrijf op waarom.", anchor="reason")])
    steps = [s for s in _own_steps(gm_code, variable) if (s.category, s.preference) == (category, preference)]
    if not steps:
        raise NotFoundError("merge-not-found")
    ending = update(CategoryMerge).where(CategoryMerge.id == steps[0].number).values(valid_until=clock.now())
    db.session.execute(ending)
    detail = {"variable": variable, "category": category, "with": steps[0].merge_with, "reason": reason.strip()}
    audit.record("merges.end", "municipality", gm_code, detail=detail)
    db.session.flush()


def _own_steps(gm_code: str, variable: str) -> list[MergeStep]:
    """The steps of a variable as rows of the municipality: at the first change the shipped ones are copied."""
    steps = [step for step in merge_hierarchy(gm_code) if step.variable == variable]
    changed = db.session.scalars(
        select(CategoryMerge.id).where(CategoryMerge.gm_code == gm_code, CategoryMerge.variable == variable)
    ).first()
    if changed is None:
        for step in steps:
            _insert(gm_code, step)
        db.session.flush()
        steps = [step for step in merge_hierarchy(gm_code) if step.variable == variable]
    return steps


def _insert(gm_code: str, step: MergeStep) -> None:
    db.session.add(
        CategoryMerge(
            gm_code=gm_code,
            variable=step.variable,
            category=step.category,
            merge_with=step.merge_with,
            preference=step.preference,
            reason=step.reason,
            valid_from=clock.now(),
        )
    )


def _faults(gm_code: str, new: MergeStep, steps: list[MergeStep]) -> list[Blocker]:
    known = {c for margin in margins((new.variable,), gm_code) for c in margin.categories}
    found = [
        Blocker("no-category", "Deze groep bestaat niet bij dit kenmerk.", anchor=name)
        for name, value in (("category", new.category), ("merge_with", new.merge_with))
        if value not in known
    ]
    if new.category == new.merge_with:
        found.append(Blocker("same", "Kies twee verschillende groepen.", anchor="merge_with"))
    if any((s.category, s.preference) == (new.category, new.preference) for s in steps):
        found.append(Blocker("taken", "Deze volgorde is al bezet bij deze groep.", anchor="preference"))
    if not 0 < len(new.reason) <= LONGEST_REASON:
        found.append(Blocker("reason", "Schrijf kort op waarom deze groepen bij elkaar passen.", anchor="reason"))
    return found
