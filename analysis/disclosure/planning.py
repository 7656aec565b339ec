"""From a wave's closed list of tables to what is printed: thresholds, complementary suppression, audit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray
from analysis.disclosure.audit import Audit, audit
from analysis.disclosure.differencing import Difference, small_differences, with_differences
from analysis.disclosure.linking import LinkedTables, Nesting, link_tables
from analysis.disclosure.release import DEFAULT_RULE, ReleaseRule
from analysis.disclosure.suppression import Level, Suppression, suppress
from analysis.disclosure.tables import Table
from analysis.disclosure.thresholds import NUMERATOR_FLOOR, PrimaryCells, Protection, primary_cells, protection_for


@dataclass(frozen=True, eq=False)
class ReleasePlan:
    """What of a closed list of tables can be printed, and the proof that the rest stays unknown."""

    linked: LinkedTables
    primary: PrimaryCells
    protection: Protection
    suppression: Suppression
    audit: Audit
    differences: tuple[Difference, ...]
    """Subtractions of printed groups that still give a group under the floor (none when `is_safe`)."""

    @property
    def is_safe(self) -> bool:
        """True when the list may be published as planned."""
        return self.audit.is_safe and not self.differences

    def visible(self, table: Table) -> BoolArray:
        """Return which nodes of a table are printed (shape of `table.node_counts`)."""
        shown = ~self.suppression.hidden[self.linked.cells_of(table)]
        return np.asarray(shown & table.node_shown, dtype=np.bool_)

    def withheld(self) -> tuple[tuple[str, bool], ...]:
        """Return the names of withheld groups, and whether the threshold (True) or the others' sake withholds it."""
        gone = self.suppression.primary | self.suppression.complementary
        return tuple((self.linked.names[i], bool(self.suppression.primary[i])) for i in np.flatnonzero(gone))


def plan_release(
    tables: Sequence[Table],
    *,
    nestings: Sequence[Nesting] = (),
    rule: ReleaseRule = DEFAULT_RULE,
    level: Level = Level.GROUP,
    numerator_floor: int = NUMERATOR_FLOOR,
    answer_width: float = 3.0,
    full_intervals: bool = False,
) -> ReleasePlan:
    """Judge, suppress and audit all tables as one linked set, those that are public already (`is_public`) included.

    `full_intervals` reports the whole interval of every hidden cell, as `audit` does; the verdict is the same.

    Raises
    ------
    InputError
        As `link_tables`.
    DisclosureError
        not_protectable: with what is public already, the new tables cannot be made safe by withholding.
    """
    linked = with_differences(link_tables(tables, nestings), rule.floor)
    primary = primary_cells(linked, rule, numerator_floor)
    protection = protection_for(linked, primary, rule, answer_width=answer_width)
    found = suppress(linked, primary.mask, protection, level=level)
    proof = audit(linked, found.hidden, protection, full_intervals=full_intervals)
    differences = small_differences(linked, ~found.hidden, rule.floor)
    return ReleasePlan(linked, primary, protection, found, proof, differences)
