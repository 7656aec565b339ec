"""What lies in a sealed row: an unsent draft, what was sent, or both; with how to change it, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from surveys.questionnaire import FrozenWave, QuestionSpec
from surveys.routing import complete, first_unanswered, path

RAW_LENGTH = 2000


@dataclass(frozen=True)
class Draft:
    """Answers that were not sent yet. `raw` holds what was typed and cannot be stored as an answer yet."""

    started: str
    answers: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    position: str = ""

    def with_answer(self, item_key: str, value: Any, revision: int) -> "Draft":
        """The draft with one answer."""
        return replace(
            self,
            answers={**self.answers, item_key: value},
            raw={k: v for k, v in self.raw.items() if k != item_key},
            changed={**self.changed, item_key: revision},
        )

    def with_raw(self, item_key: str, raw: dict[str, list[str]], revision: int) -> "Draft":
        """The draft with what was typed for one question, in place of the answer that was there."""
        return replace(
            self,
            answers={k: v for k, v in self.answers.items() if k != item_key},
            raw={**{k: v for k, v in self.raw.items() if k != item_key}, **({item_key: raw} if raw else {})},
            changed={**self.changed, item_key: revision},
        )


@dataclass(frozen=True)
class Sent:
    """Answers that were sent: never shown again, only replaced."""

    answers: dict[str, Any]
    seconds: int
    sent_at: str


@dataclass(frozen=True)
class ResponseDocument:
    """The content of one sealed row. `group` is only there for a paper form, which has no invitation."""

    draft: Draft | None = None
    sent: Sent | None = None
    mode: str = "online"
    group: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """The document as JSON holds it; shares its parts, since it is written out at once at every page."""
        return {
            "draft": vars(self.draft) if self.draft else None,
            "sent": vars(self.sent) if self.sent else None,
            "mode": self.mode,
            "group": self.group,
        }


def from_json(document: Mapping[str, Any]) -> ResponseDocument:
    """The document back from JSON."""
    draft, sent = document.get("draft"), document.get("sent")
    return ResponseDocument(
        draft=Draft(**draft) if draft else None,
        sent=Sent(**sent) if sent else None,
        mode=document.get("mode", "online"),
        group=document.get("group"),
    )


def own_inputs(question: QuestionSpec, raw: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Only the inputs of this question, bounded in length, without empty ones."""
    key = question.item_key
    known = {key, f"{key}.extra", *(f"{key}.{o.value}" for o in (*question.options, *question.items))}
    kept = {name: [v[:RAW_LENGTH] for v in values[:40] if v.strip()] for name, values in raw.items() if name in known}
    return {name: values for name, values in kept.items() if values}


def routed(wave: FrozenWave, draft: Draft) -> list[QuestionSpec]:
    """The questions this person gets."""
    return path(wave.questions, draft.answers)


def reachable(wave: FrozenWave, draft: Draft, item_key: str) -> QuestionSpec | None:
    """The question with this key when it is on the path and not beyond the first unanswered one."""
    for question in routed(wave, draft):
        if question.item_key == item_key:
            return question
        if question.item_key not in draft.answers:
            return None
    return None


def resume_at(wave: FrozenWave, draft: Draft) -> QuestionSpec | None:
    """Where to go on: where the person was, else the first unanswered question; None means the check page."""
    here = reachable(wave, draft, draft.position) if draft.position else None
    return here or first_unanswered(routed(wave, draft), draft.answers)


def send(wave: FrozenWave, draft: Draft, moment: datetime) -> Sent:
    """The draft as it is sent: answers on the path, codes for the rest, and how long it took."""
    seconds = int((moment - datetime.fromisoformat(draft.started)).total_seconds())
    return Sent(complete(wave.questions, draft.answers), max(0, seconds), moment.isoformat(timespec="seconds"))


CHECK = "*"


def neighbour(wave: FrozenWave, draft: Draft, item_key: str, *, back: bool = False, checking: bool = False) -> str:
    """Where a page leads: the key of the question before or after it, or CHECK when there is none after it."""
    shown = routed(wave, draft)
    keys = [q.item_key for q in shown]
    if item_key not in keys:
        unanswered = first_unanswered(shown, draft.answers)
        return unanswered.item_key if unanswered else CHECK
    here = keys.index(item_key)
    if back:
        return keys[max(0, here - 1)]
    if checking:
        unanswered = first_unanswered(shown, draft.answers)
        return unanswered.item_key if unanswered else CHECK
    return keys[here + 1] if here + 1 < len(keys) else CHECK
