"""Pages for staff: the weighting with what may be decided, who saw results early, the open answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.accounts.labels import ROLES
from core.db import db
from core.models import Account
from feedback import queries
from feedback.conclusions import Conclusion, conclusions_of
from feedback.labels import REFUSAL, variable_label
from feedback.models import Publication
from feedback.pages import method
from surveys.models import SurveyResponse, Wave
from surveys.questions import missing_code

# not a sign that occurs in a category
SEPARATOR = "::"


@dataclass(frozen=True)
class RefusalLine:
    """One reason why the frozen plan cannot be executed, with the merge that would mend it."""

    text: str
    value: str = ""
    proposal: str = ""


def refusal_lines(publication: Publication) -> list[RefusalLine]:
    """The reasons in Dutch."""
    return [_line(r) for r in publication.refusals]


def _line(reason: dict[str, Any]) -> RefusalLine:
    what = REFUSAL.get(reason["code"], "De weging is niet mogelijk")
    about = [variable_label(reason["variable"])] if reason["variable"] else []
    about += [str(reason["label"])] if reason.get("label") else []
    about += [f"{reason['n']} inzendingen"] if reason.get("n") else []
    text = f"{what} ({', '.join(about)})." if about else f"{what}."
    proposal = reason.get("proposal")
    return RefusalLine(text, SEPARATOR.join(proposal) if proposal else "", reason.get("proposal_label", ""))


def weighting_page(publication: Publication) -> dict[str, Any]:
    """Diagnostics and the conclusions as they will be published."""
    current = publication.current
    context: dict[str, Any] = {"current": current, "refusals": refusal_lines(publication)}
    if current is None:
        return context
    document = current.document
    conclusions: list[Conclusion] = conclusions_of(document)
    return {
        **context,
        "document": document,
        "margins": method.margin_pictures(document),
        "weights": method.weight_rows(document),
        "histogram": method.histogram_rows(document),
        "response": method.response_rows(document),
        "conclusions": conclusions,
    }


def early_rows(publication: Publication) -> list[tuple[str, datetime]]:
    """Who saw the results before everybody, by function."""
    viewers = queries.early_viewers(publication)
    accounts = db.session.scalars(select(Account).where(Account.public_id.in_([ref for ref, _ in viewers]))).all()
    roles = {a.public_id: ", ".join(ROLES[r.role] for r in a.roles).lower() for a in accounts}
    return [(roles.get(ref, "medewerker"), at) for ref, at in viewers]


def open_answers(wave: Wave) -> list[tuple[str, list[str]]]:
    """Per open question the texts, in alphabetical order so that no order tells who wrote."""
    questions = [q for q in (wave.frozen_document or {}).get("questions", []) if q["kind"] == "open"]
    rows = db.session.scalars(select(SurveyResponse.answers).where(SurveyResponse.wave_id == wave.id)).all()
    return [(q["text"], sorted(_texts(rows, q["item_key"]), key=str.lower)) for q in questions]


def _texts(rows: Any, item_key: str) -> list[str]:
    given = (row.get(item_key) for row in rows)
    return [str(v) for v in given if v is not None and not missing_code(v) and str(v).strip()]
