"""What the griffie decides about the draw of a wave: how many, over which strata, divided by what."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

SEPARATOR = "|"
# every member has these, and their figures count persons
STRATIFIERS = ("age", "district", "sex")


@dataclass(frozen=True)
class SamplePlan:
    """A sample of `n` instead of everybody.

    `strata` holds per stratum the persons of the population, to which the sample is proportional, or with
    `own_sizes` how many are to be drawn. `source` says where the population figures come from.
    """

    n: int
    by: tuple[str, ...] = ()
    own_sizes: bool = False
    strata: Mapping[str, int] = field(default_factory=dict)
    source: str = ""


def stratum_key(classes: Mapping[str, str], by: tuple[str, ...]) -> str:
    """The stratum of somebody with these classes; all in one when nothing divides them."""
    return SEPARATOR.join(classes[name] for name in by)


def sample_from(document: Mapping[str, Any] | None) -> SamplePlan | None:
    """A plan from its document; no document means everybody."""
    if not document:
        return None
    return SamplePlan(**{**document, "by": tuple(document["by"]), "strata": dict(document["strata"])})


def sample_document(plan: SamplePlan | None) -> dict[str, Any]:
    """A plan as JSON holds it; the empty document for everybody."""
    return {} if plan is None else {**asdict(plan), "by": list(plan.by), "strata": dict(plan.strata)}
