"""What is kept about a member, in words: the download keeps the codes, the page shows what they mean."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.web.context import long_date, number, say
from panel import queries
from panel.classes import split_stratum
from panel.labels import CONSENT, EDUCATION, MEMBER_STATUS, ORIGIN, SEX, TENURE, age_label
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
        "status": say(MEMBER_STATUS[MemberStatus(kept["status"])]),
        "herkomst": say(ORIGIN[MemberOrigin(kept["herkomst"])]),
        "geslacht": say(SEX[Sex(kept["geslacht"])]),
        "wijk": names.get(kept["wijk"], kept["wijk"]),
        "opleiding": say(EDUCATION[Education(kept["opleiding"])]),
        "woning": say(TENURE[Tenure(kept["woning"])]),
        "taal": say(LANGUAGE.get(kept["taal"], kept["taal"])),
        "nieuws per e-mail": _yes_or_no(kept["nieuws per e-mail"]),
        "per telefoon": _yes_or_no(kept["per telefoon"]),
        "wervingsgroep": _group(kept["wervingsgroep"], names),
        "gewicht in de loting": number(kept["gewicht in de loting"], 2),
        **{name: day(kept[name]) for name in MOMENTS},
    }
    plain = {key: value for key, value in kept.items() if not isinstance(value, list | dict) and key != "hulp"}
    return [{"label": say(key), "value": words.get(key, _text(value))} for key, value in plain.items()]


def consent(entry: Mapping[str, Any]) -> str:
    """A consent as a sentence, with the words that were agreed to."""
    words = say(CONSENT[ConsentPurpose(entry["doel"])])
    given = say("Gegeven op %(day)s (tekst %(version)s).", day=day(entry["gegeven op"]), version=entry["versie"])
    withdrawn = entry["ingetrokken op"]
    ended = say("Ingetrokken op %(day)s.", day=day(withdrawn)) if withdrawn else ""
    return " ".join(part for part in (words, given, ended) if part)


def helper(entry: Mapping[str, Any] | None) -> dict[str, str] | None:
    """Who helps, in words."""
    return {**entry, "rol": say(HELPER_ROLE[HelperRole(entry["rol"])])} if entry else None


def contact(entry: Mapping[str, Any]) -> dict[str, str]:
    """A contact in words; what the griffie wrote down stays as it is."""
    what, _, kind = str(entry["wat"]).partition(": ")
    named = f"{say(what)}: {say(kind)}" if kind else say(what)
    return {"op": day(entry["op"]), "wat": named, "meer": say(str(entry["meer"]))}


def day(value: str | None) -> str:
    """A date or moment that was written for a machine."""
    return long_date(datetime.fromisoformat(value)) if value else ""


def _yes_or_no(value: object) -> str:
    return say("ja") if value else say("nee")


def _group(stratum: str, names: Mapping[str, str]) -> str:
    age, district = split_stratum(stratum)
    return f"{say(age_label(age))}, {names.get(district, district)}" if district else say(stratum)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
