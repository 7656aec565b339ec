"""What is asked: commissions, waves and (in fieldwork) who was invited and what was answered."""

from surveys.models.commission import (
    AnchorPoint,
    Approach,
    BobPhase,
    CentralQuestion,
    Commission,
    CommissionAmendment,
    Effect,
    MunicipalityRole,
    Obligation,
    ObligationKind,
    Stakeholder,
)
from surveys.models.wave import Question, SignOff, SignOffKind, SignOffLink, Wave

__all__ = [
    "AnchorPoint",
    "Approach",
    "BobPhase",
    "CentralQuestion",
    "Commission",
    "CommissionAmendment",
    "Effect",
    "MunicipalityRole",
    "Obligation",
    "ObligationKind",
    "Question",
    "SignOff",
    "SignOffKind",
    "SignOffLink",
    "Stakeholder",
    "Wave",
]
