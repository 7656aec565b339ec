"""How many of those invited to a panel still answer: recruitment, profile, completion, retention."""

import math
from dataclasses import dataclass

from analysis.errors import InputError
from analysis.estimation.intervals import LEVEL, wilson_interval


@dataclass(frozen=True)
class PanelRates:
    """Recruitment, profile and completion rate, and their product with its interval.

    For panels drawn by chance only: those who signed up by themselves have a participation rate, no response rate.
    """

    recruitment: float
    profile: float
    completion: float
    cumulative: float
    low: float
    high: float


@dataclass(frozen=True)
class Retention:
    """Share of members who are still active, with its interval (0-1)."""

    rate: float
    low: float
    high: float


def panel_rates(
    *,
    invited: float,
    consented: int,
    profiled: int,
    wave_invited: int,
    wave_complete: int,
    level: float = LEVEL,
) -> PanelRates:
    """Return RECR, PROR, COMR and CUMRR1 = RECR x PROR x COMR.

    The interval combines the Wilson intervals of the three rates, as independent, on the scale of logarithms
    (MOVER). Where nobody got through a stage it runs from 0 to the product with that stage at its upper limit.

    Parameters
    ----------
    invited : float
        Eligible persons invited to the panel (unknown ones times their likely eligibility).
    consented, profiled : int
        Of those: who said yes, and who completed the profile.
    wave_invited, wave_complete : int
        Members invited to this wave, and who completed it.

    Raises
    ------
    InputError
        invalid_value, for a denominator of zero or a part larger than its whole.

    References
    ----------
    Callegaro, M. & DiSogra, C. (2008). Computing response metrics for online panels. Public Opinion Quarterly
    72, 1008-1032. Zou, G. Y. & Donner, A. (2008). Construction of confidence limits about effect measures.
    Statistics in Medicine 27, 1693-1702.
    """
    stages = (
        _stage("consented", consented, "invited", invited, level),
        _stage("profiled", profiled, "consented", consented, level),
        _stage("wave_complete", wave_complete, "wave_invited", wave_invited, level),
    )
    low, high = _product_limits(stages)
    recruitment, profile, completion = (rate for rate, _, _ in stages)
    return PanelRates(recruitment, profile, completion, recruitment * profile * completion, low, high)


def retention_rate(*, active: int, profiled: int, level: float = LEVEL) -> Retention:
    """Return members active now / members profiled at the start, with Wilson interval; raises InputError."""
    return Retention(*_stage("active", active, "profiled", profiled, level))


def _stage(part_name: str, part: float, whole_name: str, whole: float, level: float) -> tuple[float, float, float]:
    if not 0 < whole < math.inf:
        raise InputError("invalid_value", name=whole_name, value=whole, reason="must be more than zero")
    if not 0 <= part <= whole:
        raise InputError("invalid_value", name=part_name, value=part, reason=f"must lie in 0..{whole_name}")
    limits = wilson_interval(part / whole, whole, level=level)
    return part / whole, float(limits.low), float(limits.high)


def _product_limits(stages: tuple[tuple[float, float, float], ...]) -> tuple[float, float]:
    if any(rate == 0 for rate, _, _ in stages):
        return 0.0, math.prod(rate or high for rate, _, high in stages)
    centre = sum(math.log(rate) for rate, _, _ in stages)
    below = math.sqrt(sum(math.log(rate / low) ** 2 for rate, low, _ in stages))
    above = math.sqrt(sum(math.log(high / rate) ** 2 for rate, _, high in stages))
    return math.exp(centre - below), min(1.0, math.exp(centre + above))
