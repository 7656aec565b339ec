"""What is written down in the audit log about a round."""

from core import audit
from panel.models import RecruitmentRound


def record(action: str, recruitment_round: RecruitmentRound, **detail: object) -> None:
    """An audit row about a round."""
    audit.record(action, "recruitment_round", recruitment_round.public_id, detail=dict(detail))
