"""What the first and the last screen say about a wave: taken from the frozen agreement."""

from datetime import date
from typing import Any

from surveys.response_document import Draft
from surveys.services import answering
from surveys.services.taking import Taking, frozen_of


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def first_screen(taking: Taking) -> dict[str, Any]:
    """Everything that is said before somebody begins."""
    wave = frozen_of(taking.frozen_hash).wave
    agreement, document = wave.agreement, answering.load(taking).document
    return {
        "wave": wave,
        "closes_at": taking.closes_at,
        "decision": agreement.get("decision") or {},
        "body": agreement.get("body", ""),
        "level": agreement.get("level") or {},
        "rule": agreement.get("rule"),
        "anchor_points": agreement.get("anchor_points") or [],
        "contact": agreement.get("contact") or {},
        "agreement_slug": agreement.get("slug", ""),
        "resumed": isinstance(document.draft, Draft),
        "sent": document.sent is not None and document.draft is None,
    }


def thanks(taking: Taking) -> dict[str, Any]:
    """What follows after sending."""
    wave = frozen_of(taking.frozen_hash).wave
    return {
        "wave": wave,
        "closes_at": taking.closes_at,
        "results_on": _day(wave.agreement.get("results_promised_on")),
        "feedback_on": _day(wave.agreement.get("feedback_promised_on")),
        "body": wave.agreement.get("body", ""),
        "contact": wave.agreement.get("contact") or {},
    }
