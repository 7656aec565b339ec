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
from surveys.models.fieldwork import (
    CellCount,
    DayCounter,
    DestructionReceipt,
    Extension,
    Fieldwork,
    Invitation,
    PageCounter,
    SealedResponse,
    SurveyResponse,
)
from surveys.models.keys import KeyRecovery
from surveys.models.wave import Question, SignOff, SignOffKind, SignOffLink, Wave

__all__ = [
    "AnchorPoint",
    "Approach",
    "BobPhase",
    "CellCount",
    "CentralQuestion",
    "Commission",
    "CommissionAmendment",
    "DayCounter",
    "DestructionReceipt",
    "Effect",
    "Extension",
    "Fieldwork",
    "Invitation",
    "KeyRecovery",
    "MunicipalityRole",
    "Obligation",
    "ObligationKind",
    "PageCounter",
    "Question",
    "SealedResponse",
    "SignOff",
    "SignOffKind",
    "SignOffLink",
    "Stakeholder",
    "SurveyResponse",
    "Wave",
]
