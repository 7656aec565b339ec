"""What is kept about a member, in words: the download keeps the codes, the page shows what they mean."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.web.context import long_date, number
from panel import queries
from panel.labels import CONSENT, EDUCATION, MEMBER_STATUS, ORIGIN, SEX, TENURE, stratum_label
from panel.models import ConsentPurpose, Education, HelperRole, MemberOrigin, MemberStatus, Sex, Tenure
from panel.upkeep_labels import HELPER_ROLE

LANGUAGE = {"nl": "Nederlands", "en": "Engels"}
MOMENTS = (
    "aangemeld op",
    "toegelaten op",
    "pauze tot",
    "profiel nagekeken op",
    "profiel gevraagd op",
    "verhuisd op",
    "slapend sinds",
)


def rows(kept: Mapping[str, Any]) -> list[dict[str, str]]:
    """Everything that is kept as label and words."""
    names = {area.code: area.name for area in queries.districts()}
    words = {
        "status": MEMBER_STATUS[MemberStatus(kept["status"])],
        "herkomst": ORIGIN[MemberOrigin(kept["herkomst"])],
        "geslacht": SEX[Sex(kept["geslacht"])],
        "wijk": names.get(kept["wijk"], kept["wijk"]),
        "opleiding": EDUCATION[Education(kept["opleiding"])],
        "woning": TENURE[Tenure(kept["woning"])],
        "taal": LANGUAGE.get(kept["taal"], kept["taal"]),
        "nieuws per e-mail": "ja" if kept["nieuws per e-mail"] else "nee",
        "per telefoon": "ja" if kept["per telefoon"] else "nee",
        "wervingsgroep": stratum_label(kept["wervingsgroep"], names) if kept["wervingsgroep"] else "",
        "gewicht in de loting": number(kept["gewicht in de loting"], 2),
        **{name: day(kept[name]) for name in MOMENTS},
    }
    plain = {key: value for key, value in kept.items() if not isinstance(value, list | dict) and key != "hulp"}
    return [{"label": key, "value": words.get(key, _text(value))} for key, value in plain.items()]


def consent(entry: Mapping[str, Any]) -> str:
    """A consent as a sentence, with the words that were agreed to."""
    given = f"{CONSENT[ConsentPurpose(entry['doel'])]} Gegeven op {day(entry['gegeven op'])} (tekst {entry['versie']})."
    withdrawn = entry["ingetrokken op"]
    return f"{given} Ingetrokken op {day(withdrawn)}." if withdrawn else given


def helper(entry: Mapping[str, Any] | None) -> dict[str, str] | None:
    """Who helps, in words."""
    return {**entry, "rol": HELPER_ROLE[HelperRole(entry["rol"])]} if entry else None


def day(value: str | None) -> str:
    """A date or moment that was written for a machine."""
    return long_date(datetime.fromisoformat(value)) if value else ""


def _text(value: Any) -> str:
    return "" if value is None else str(value)
