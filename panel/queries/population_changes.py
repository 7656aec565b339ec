"""What would change when a set of figures counts: old and new margins side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from panel.models import PopulationSet
from panel.queries.population import PopulationMargin, margins, margins_of

VARIABLES = ("sex", "age", "sex_age", "district", "education")


@dataclass(frozen=True)
class ChangedCategory:
    """One category before and after; None where it is not in the one or the other. Shares are 0 to 1."""

    category: str
    label: str
    before: int | None
    after: int | None
    share_before: float | None
    share_after: float | None

    @property
    def points(self) -> float | None:
        """How many percentage points the share changes."""
        if self.share_before is None or self.share_after is None:
            return None
        return 100 * (self.share_after - self.share_before)


@dataclass(frozen=True)
class ChangedMargin:
    """One variable before and after."""

    variable: str
    before: PopulationMargin | None
    after: PopulationMargin
    rows: tuple[ChangedCategory, ...]

    @property
    def largest(self) -> ChangedCategory | None:
        """The category whose share changes most."""
        known = [row for row in self.rows if row.points is not None]
        return max(known, key=lambda row: abs(row.points or 0.0), default=None)


def changes(found: PopulationSet) -> list[ChangedMargin]:
    """What changes per variable that the set has margins for."""
    now = {margin.variable: margin for margin in margins(VARIABLES, found.gm_code)}
    return [_changed(now.get(new.variable), new) for new in margins_of([found.id], VARIABLES)]


def _changed(before: PopulationMargin | None, after: PopulationMargin) -> ChangedMargin:
    old = dict(zip(before.categories, before.counts, strict=True)) if before else {}
    old_labels = dict(zip(before.categories, before.labels, strict=True)) if before else {}
    new = dict(zip(after.categories, after.counts, strict=True))
    labels = {**old_labels, **dict(zip(after.categories, after.labels, strict=True))}
    rows = tuple(
        ChangedCategory(
            category=category,
            label=labels[category],
            before=old.get(category),
            after=new.get(category),
            share_before=_share(old, category),
            share_after=_share(new, category),
        )
        for category in dict.fromkeys((*after.categories, *old))
    )
    return ChangedMargin(after.variable, before, after, rows)


def _share(counts: dict[str, int], category: str) -> float | None:
    total = sum(counts.values())
    return counts[category] / total if category in counts and total else None


def renumbered(found: PopulationSet, codes: Sequence[str]) -> list[str]:
    """Codes of districts in use now that the set does not know: members and strata carry them."""
    new = margins_of([found.id], ["district"])
    return sorted(set(codes) - set(new[0].categories)) if new else []
