"""What is kept of how somebody answered: coarse flags, worked out before times are thrown away."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Any

from surveys.questionnaire import FrozenWave, QuestionKind
from surveys.questions import missing_code
from surveys.response_document import Sent

FAST = 1 / 3
SLOW = 3
LEAST_ROWS = 4


def typical_seconds(sent: Sequence[Sent]) -> float:
    """The time that the answers of this wave took in the middle."""
    return float(median([s.seconds for s in sent])) if sent else 0.0


def duration_class(seconds: int, typical: float) -> str:
    """fast, normal or slow, against the time in the middle."""
    if typical <= 0:
        return "normal"
    if seconds < FAST * typical:
        return "fast"
    return "slow" if seconds > SLOW * typical else "normal"


def straight_lined(wave: FrozenWave, answers: Mapping[str, Any]) -> bool:
    """Whether every matrix of four rows or more got one and the same answer in all its rows."""
    judged = [
        len({str(v) for v in answers[q.item_key].values()}) == 1
        for q in wave.questions
        if q.kind is QuestionKind.MATRIX and len(q.items) >= LEAST_ROWS and _filled(answers.get(q.item_key))
    ]
    return bool(judged) and all(judged)


def _filled(value: Any) -> bool:
    return isinstance(value, Mapping) and missing_code(value) is None


def flags(wave: FrozenWave, sent: Sent, *, mode: str, typical: float, turning: datetime) -> dict[str, Any]:
    """The flags of one response; `turning` is the moment after which an answer counts as late."""
    return {
        "mode": mode,
        "duration": duration_class(sent.seconds, typical) if mode == "online" else "unknown",
        "straight_lined": straight_lined(wave, sent.answers),
        "late": datetime.fromisoformat(sent.sent_at) > turning,
    }
