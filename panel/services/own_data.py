"""Everything that is kept about a member, for themselves: to read on a page and to take along."""

from datetime import date
from typing import Any

from sqlalchemy import select

from core.db import db
from core.permissions import require
from panel.models import Consent, Contact, Member
from panel.queries.contacts import contact_history, helper_of


def export_data(member: Member) -> dict[str, Any]:
    """Everything that is kept about a member, for themselves."""
    require("panel.manage_membership", member)
    contacts = db.session.scalars(select(Contact).where(Contact.member_id == member.id).order_by(Contact.asked_on))
    return {
        "lidnummer": member.id,
        "status": member.status.value,
        "herkomst": member.origin.value,
        "voornaam": member.first_name,
        "achternaam": member.last_name,
        "e-mailadres": member.email,
        "telefoon": member.phone,
        "straat": member.street,
        "huisnummer": member.house_number,
        "postcode": member.postcode,
        "woonplaats": member.city,
        "geboortejaar": member.birth_year,
        "geslacht": member.sex.value,
        "wijk": member.district_code,
        "opleiding": member.education.value,
        "woning": member.tenure.value,
        "taal": member.language,
        "nieuws per e-mail": member.newsletter,
        "wervingsgroep": member.stratum,
        "gewicht in de loting": member.base_weight,
        "aangemeld op": _iso(member.applied_at),
        "toegelaten op": _iso(member.admitted_at),
        "pauze tot": _iso(member.paused_until),
        "profiel nagekeken op": _iso(member.profile_checked_on),
        "aantal uitnodigingen": member.invited_n,
        "aantal ingevuld": member.answered_n,
        "per telefoon": member.by_phone,
        "e-mailadres dat niet meer werkt": member.failed_email,
        "profiel gevraagd op": _iso(member.profile_asked_on),
        "verhuisd op": _iso(member.moved_on),
        "slapend sinds": _iso(member.dormant_since),
        "toestemmingen": [_consent_entry(c) for c in member.consents],
        "gevraagd voor": [{"vragenlijst": c.wave_ref, "op": c.asked_on.isoformat()} for c in contacts],
        "hulp": _helper_entry(member),
        "contact": [entry.as_data() for entry in contact_history(member, reminders=True)],
    }


def _helper_entry(member: Member) -> dict[str, str | None] | None:
    found = helper_of(member)
    if found is None:
        return None
    return {"naam": found.name, "rol": found.role.value, "hoe": found.how, "sinds": _iso(found.consented_on)}


def _consent_entry(consent: Consent) -> dict[str, str | None]:
    return {
        "doel": consent.purpose.value,
        "versie": consent.version,
        "gegeven op": _iso(consent.given_at),
        "ingetrokken op": _iso(consent.withdrawn_at),
    }


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
