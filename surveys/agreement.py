"""The agreement (afspraak): what was promised on acceptance as one document, and its later changes beside it."""

from datetime import date
from typing import Any

from surveys.ladder import find_level, find_use
from surveys.models.commission import Approach, Commission, CommissionAmendment, Stakeholder


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def document(commission: Commission) -> dict[str, Any]:
    """The agreement as it stands in the commission's columns now."""
    return {
        "title": commission.title,
        "slug": commission.slug,
        "body": commission.body.name,
        "deciding_body": commission.deciding_body.name,
        "approach": commission.approach.value,
        "goal": commission.goal,
        "activity": commission.activity,
        "position": commission.municipality_position,
        "role": commission.municipality_role.value if commission.municipality_role else None,
        "why_ask": commission.why_ask,
        "information": _information(commission),
        "central_questions": [q.text for q in commission.central_questions],
        "anchor_points": [a.text for a in commission.anchor_points],
        "decision": _decision(commission),
        "stakeholders": [_stakeholder(s) for s in commission.stakeholders],
        "shared_interest": commission.shared_interest,
        "missing_voices": commission.missing_voices,
        "heard_beside": commission.heard_beside,
        "consulted_at_start": commission.consulted_at_start,
        "size_scales": dict(commission.size_scales),
        "districts": list(commission.area_districts),
        "other_form_reason": commission.other_form_reason,
        "level": level_document(commission.level, commission.intended_use),
        "rule": _rule(commission),
        "contact": {"name": commission.contact_name, "phone": commission.contact_phone},
        "results_promised_on": _iso(commission.results_promised_on),
        "feedback_promised_on": _iso(commission.feedback_promised_on),
        "values_answer": commission.values_answer,
        "body_decision": {"number": commission.body_decision_number, "on": _iso(commission.body_decision_on)},
    }


def level_document(level_code: str, use_code: str) -> dict[str, str]:
    """The level and the use of the outcome in the words that everybody sees."""
    level, use = find_level(level_code), find_use(use_code)
    return {
        "code": level_code,
        "label": level.label if level else "",
        "plain": level.plain if level else "",
        "use_code": use_code,
        "use": use.label if use else "",
        "promise": use.promise if use else "",
    }


def _information(commission: Commission) -> dict[str, Any] | None:
    if commission.approach is not Approach.INFORM:
        return None
    return {
        "means": commission.information_means,
        "audience": commission.information_audience,
        "on": _iso(commission.information_on),
    }


def _decision(commission: Commission) -> dict[str, Any]:
    return {
        "title": commission.decision_title,
        "url": commission.decision_url,
        "phase": commission.bob_phase.value if commission.bob_phase else None,
        "on": _iso(commission.decision_on),
        "papers_on": _iso(commission.papers_on),
    }


def _stakeholder(row: Stakeholder) -> dict[str, Any]:
    return {
        "name": row.name,
        "interest": row.interest,
        "weight": row.weight,
        "effect": row.effect.value,
        "little_influence": row.little_influence,
        "level": row.level,
        "plan_part": row.plan_part,
        "heard_how": row.heard_how,
    }


def _rule(commission: Commission) -> dict[str, Any] | None:
    level = find_level(commission.level)
    if level is None or not level.binding:
        return None
    return {
        "council_decision": commission.rule_council_decision,
        "options": commission.rule_options,
        "weighted": commission.rule_weighted,
        "majority": commission.rule_majority,
        "minimum_response": commission.rule_minimum_response,
        "overlap": commission.rule_overlap,
    }


def with_changes(commission: Commission) -> dict[str, Any]:
    """The agreement that holds now: the original's fields with later changes applied, and those changes listed."""
    return {
        **document(commission),
        "original_hash": commission.accepted_hash,
        "amendments": [_amendment(a) for a in commission.amendments],
    }


def _amendment(row: CommissionAmendment) -> dict[str, Any]:
    return {
        "name": row.name,
        "before": row.before,
        "after": row.after,
        "reason": row.reason,
        "on": row.at.date().isoformat(),
    }
