"""Response, cooperation, refusal and contact rates by the AAPOR Standard Definitions."""

from dataclasses import asdict, dataclass

from analysis.errors import InputError
from analysis.estimation.intervals import LEVEL, wilson_interval


@dataclass(frozen=True)
class Dispositions:
    """Counts of cases by final disposition (AAPOR names in brackets)."""

    complete: int
    """I: complete."""
    partial: int = 0
    """P: partial."""
    refusal: int = 0
    """R: refused or broke off."""
    non_contact: int = 0
    """NC: never reached, no reply."""
    other: int = 0
    """O: other, eligible."""
    unknown_household: int = 0
    """UH: unknown whether an eligible household exists."""
    unknown_other: int = 0
    """UO: unknown, other."""
    not_eligible: int = 0
    """NE: not eligible."""

    def __post_init__(self) -> None:
        for name, count in asdict(self).items():
            if not 0 <= count < float("inf"):
                raise InputError("invalid_value", name=name, value=count, reason="a count is zero or more")


@dataclass(frozen=True)
class OutcomeRates:
    """AAPOR rates (0-1), named as there; None where nobody stands in the denominator."""

    eligibility: float
    rr1: float | None
    rr2: float | None
    rr3: float | None
    rr4: float | None
    rr5: float | None
    rr6: float | None
    coop1: float | None
    coop2: float | None
    coop3: float | None
    coop4: float | None
    ref1: float | None
    ref2: float | None
    ref3: float | None
    con1: float | None
    con2: float | None
    con3: float | None


@dataclass(frozen=True)
class OutcomeRateIntervals:
    """Lower and upper limits of the rates; the eligibility is taken as known and stands in both."""

    low: OutcomeRates
    high: OutcomeRates


def outcome_rates(cases: Dispositions, *, eligibility: float | None = None) -> OutcomeRates:
    """Return the AAPOR rates of `cases`.

    With I, P, R, NC, O, U = UH + UO and D = I + P + R + NC + O: RR1 = I / (D + U), RR3 = I / (D + e U),
    RR5 = I / D; RR2, RR4, RR6 count I + P; COOP1-2 over I + P + R + O, COOP3-4 over I + P + R; REF1-3 = R and
    CON1-3 = I + P + R + O over D + U, D + e U and D.

    Parameters
    ----------
    cases : Dispositions
    eligibility : float
        e (0-1), by default the share found eligible, D / (D + NE) (CASRO).

    Raises
    ------
    InputError
        invalid_value, for an eligibility outside 0..1.

    References
    ----------
    AAPOR (2016). Standard Definitions, 9th ed., outcome rates.
    """
    e = _eligibility(cases, eligibility)
    return OutcomeRates(e, *(part / whole if whole > 0 else None for part, whole in _fractions(cases, e)))


def outcome_rate_intervals(
    cases: Dispositions, *, eligibility: float | None = None, level: float = LEVEL
) -> OutcomeRateIntervals:
    """Return Wilson intervals of the rates, for cases that were a simple random sample; see `outcome_rates`."""
    e = _eligibility(cases, eligibility)
    fractions = _fractions(cases, e)
    limits = [wilson_interval(part / whole, whole, level=level) if whole > 0 else None for part, whole in fractions]
    return OutcomeRateIntervals(
        OutcomeRates(e, *(float(found.low) if found else None for found in limits)),
        OutcomeRates(e, *(float(found.high) if found else None for found in limits)),
    )


def _eligibility(cases: Dispositions, given: float | None) -> float:
    if given is not None and not 0 <= given <= 1:
        raise InputError("invalid_value", name="eligibility", value=given, reason="must lie in 0..1")
    eligible = _eligible(cases)
    known = eligible + cases.not_eligible
    return given if given is not None else (eligible / known if known else 1.0)


def _eligible(cases: Dispositions) -> int:
    return cases.complete + cases.partial + cases.refusal + cases.non_contact + cases.other


def _fractions(cases: Dispositions, e: float) -> list[tuple[float, float]]:
    """Numerator and denominator of every rate, in the order of `OutcomeRates`."""
    complete, answered = cases.complete, cases.complete + cases.partial
    asked = answered + cases.refusal
    reached = asked + cases.other
    eligible, unknown = _eligible(cases), cases.unknown_household + cases.unknown_other
    everyone, likely = eligible + unknown, eligible + e * unknown
    wholes = (everyone, likely, eligible)
    return [
        *((part, whole) for whole in wholes for part in (complete, answered)),
        *((part, whole) for whole in (reached, asked) for part in (complete, answered)),
        *((cases.refusal, whole) for whole in wholes),
        *((reached, whole) for whole in wholes),
    ]
