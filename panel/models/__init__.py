"""Tables of the panel: population, recruitment, members and how they get in."""

from panel.models.access import CodePurpose, Farewell, SignInRequest
from panel.models.member import (
    Consent,
    ConsentPurpose,
    Contact,
    Education,
    Member,
    MemberOrigin,
    MemberStatus,
    SeatQuota,
    Sex,
    Tenure,
)
from panel.models.population import Area, AreaKind, FigureStatus, PopulationFigure
from panel.models.recruitment import LetterRefusal, RecruitmentRound, RoundStatus, SamplePerson

__all__ = [
    "Area",
    "AreaKind",
    "CodePurpose",
    "Consent",
    "ConsentPurpose",
    "Contact",
    "Education",
    "Farewell",
    "FigureStatus",
    "LetterRefusal",
    "Member",
    "MemberOrigin",
    "MemberStatus",
    "PopulationFigure",
    "RecruitmentRound",
    "RoundStatus",
    "SamplePerson",
    "SeatQuota",
    "Sex",
    "SignInRequest",
    "Tenure",
]
