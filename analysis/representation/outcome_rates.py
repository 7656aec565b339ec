"""Response, cooperation, refusal and contact rates by the AAPOR Standard Definitions, and panel rates."""

from dataclasses import asdict, dataclass

from analysis.errors import InputError


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
            if count < 0:
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
class PanelRates:
    """Recruitment, profile and completion rate, and their product; for panels drawn by chance only."""

    recruitment: float
    profile: float
    completion: float
    cumulative: float


def outcome_rates(cases: Dispositions, *, eligibility: float | None = None) -> OutcomeRates:
    """Return the AAPOR rates of `cases`; `eligibility` (e) is by default the share found eligible (CASRO).

    Raises
    ------
    InputError
        invalid_value, for an eligibility outside 0..1.

    References
    ----------
    AAPOR (2016). Standard Definitions, 9th ed., outcome rates.
    """
    if eligibility is not None and not 0 <= eligibility <= 1:
        raise InputError("invalid_value", name="eligibility", value=eligibility, reason="must lie in 0..1")
    i, p = cases.complete, cases.partial
    interviewed = i + p
    eligible = interviewed + cases.refusal + cases.non_contact + cases.other
    unknown = cases.unknown_household + cases.unknown_other
    known = eligible + cases.not_eligible
    e = eligibility if eligibility is not None else (eligible / known if known else 1.0)
    everyone, likely = eligible + unknown, eligible + e * unknown
    reached = interviewed + cases.refusal + cases.other
    asked = interviewed + cases.refusal
    return OutcomeRates(
        eligibility=e,
        rr1=_rate(i, everyone),
        rr2=_rate(interviewed, everyone),
        rr3=_rate(i, likely),
        rr4=_rate(interviewed, likely),
        rr5=_rate(i, eligible),
        rr6=_rate(interviewed, eligible),
        coop1=_rate(i, reached),
        coop2=_rate(interviewed, reached),
        coop3=_rate(i, asked),
        coop4=_rate(interviewed, asked),
        ref1=_rate(cases.refusal, everyone),
        ref2=_rate(cases.refusal, likely),
        ref3=_rate(cases.refusal, eligible),
        con1=_rate(reached, everyone),
        con2=_rate(reached, likely),
        con3=_rate(reached, eligible),
    )


def panel_rates(*, invited: float, consented: int, profiled: int, wave_invited: int, wave_complete: int) -> PanelRates:
    """Return RECR, PROR, COMR and CUMRR1 = RECR x PROR x COMR.

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
        invalid_value, for a denominator of zero or less.

    References
    ----------
    Callegaro, M. & DiSogra, C. (2008). Computing response metrics for online panels. Public Opinion Quarterly
    72, 1008-1032.
    """
    for name, value in (("invited", invited), ("consented", consented), ("wave_invited", wave_invited)):
        if value <= 0:
            raise InputError("invalid_value", name=name, value=value, reason="must be more than zero")
    recruitment, profile = consented / invited, profiled / consented
    completion = wave_complete / wave_invited
    return PanelRates(recruitment, profile, completion, recruitment * profile * completion)


def _rate(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
