"""The numbers of a letter plan. Only the worker imports this: it computes."""

from collections.abc import Sequence

import numpy as np

from analysis.recruitment.letters import LetterPlan as Computed
from analysis.recruitment.letters import plan_letters
from analysis.recruitment.yields import YieldBelief, pool_yields, with_second_letter
from core import clock
from core.db import db
from core.dialect import lock
from panel.models import LetterPlan, PlannedStratum

# how many letters the published yields weigh as much as, beside what this municipality's own rounds tell
PRIOR_LETTERS = 50.0


def compute(plan_id: int, version: int) -> bool:
    """Compute a plan, unless it was changed meanwhile; returns whether it was."""
    plan = lock(db.session, db.session.get_one(LetterPlan, plan_id))
    if plan.version != version:
        return False
    first, second = beliefs(plan, plan.strata)
    joint = first if second is None else with_second_letter(first, second)
    found = _letters(plan, first, second, joint)
    for place, stratum in enumerate(plan.strata):
        stratum.letters = int(found.letters[place])
        stratum.second_letters = float(found.second_letters[place])
        stratum.expected = float(found.expected[place])
        stratum.low, stratum.high = int(found.low[place]), int(found.high[place])
        stratum.shortfall = max(0.0, stratum.missing - stratum.expected)
        stratum.expected_yield = float(joint.mean[place])
    plan.expected, plan.low, plan.high = found.total_expected, found.total_low, found.total_high
    plan.computed_at = clock.now()
    db.session.flush()
    return True


def beliefs(plan: LetterPlan, strata: Sequence[PlannedStratum]) -> tuple[YieldBelief, YieldBelief | None]:
    """The yields of the first and the second letter: strata learn from one another and from what is published."""
    first = pool_yields(
        [s.sent for s in strata],
        [s.joined for s in strata],
        prior_yield=plan.prior_yield,
        prior_letters=PRIOR_LETTERS,
    )
    if not plan.second_letter:
        return first.belief, None
    second = pool_yields(
        [s.sent_second for s in strata],
        [s.joined_second for s in strata],
        prior_yield=plan.prior_second_yield,
        prior_letters=PRIOR_LETTERS,
    )
    return first.belief, second.belief


def _letters(plan: LetterPlan, first: YieldBelief, second: YieldBelief | None, joint: YieldBelief) -> Computed:
    chosen = [s.chosen for s in plan.strata]
    if any(letters is not None for letters in chosen):
        fixed = np.array([letters or 0 for letters in chosen], dtype=np.int64)
        # asks for one member more than these letters give, so that the number of addresses decides
        return plan_letters(fixed * joint.mean + 1, first, second=second, addresses=fixed, level=plan.level)
    return plan_letters(
        [s.missing for s in plan.strata],
        first,
        second=second,
        addresses=[s.available for s in plan.strata],
        budget=plan.budget,
        level=plan.level,
    )
