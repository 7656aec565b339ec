"""The municipality's settings: one typed, versioned document; what the council must decide is required."""

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import select

from core import audit, clock
from core.actor import current
from core.db import db
from core.models import SettingsVersion


@dataclass(frozen=True)
class MunicipalSettings:
    """Spelregels and the other municipal settings; empty text means: still to be decided."""

    # the municipality
    municipality: str = ""
    gm_code: str = ""
    panel_name: str = ""
    telephone: str = ""
    email: str = ""
    postal_address: str = ""
    # spelregels, adopted by the council
    rules_decision_number: str = ""
    rules_decision_url: str = ""
    rules_decision_on: str = ""
    deciding_body: str = ""
    ladder: str = "meeweten-meebeslissen"
    feedback_term_days: int = 60
    feedback_reminder_days: int = 14
    recess: str = ""
    quiet_period: str = ""
    values_test: str = "Doet iedereen mee? Is het respectvol? Is het realistisch?"
    rewards: str = "geen"
    indicators: str = ""
    # privacy, required before the first invitation
    controller: str = ""
    register_legal_basis: str = ""
    dpia_on: str = ""
    retention_sample_days: int = 180
    retention_weighting_classes_days: int = 365
    retention_left_member_days: int = 30
    privacy_contact: str = ""
    # how it runs
    panel_target: int = 1500
    minimum_age: int = 16
    privacy_floor: int = 10
    publication_base: int = 30
    fieldwork_days: int = 14
    paper_term_workdays: int = 5
    dormant_after_unanswered: int = 5
    # the life of a member
    profile_check_months: int = 12
    profile_reminder_days: int = 21
    pause_notice_days: int = 7
    wake_up_days: int = 21
    bounce_limit: int = 3
    burden_cap: int = 12
    burden_months: int = 12
    dormant_keep_months: int = 24
    last_call_days: int = 30
    results_hour: str = "10:00"

    @property
    def ready(self) -> bool:
        """Whether every required setting is filled in."""
        return not missing(self)


REQUIRED: dict[str, str] = {
    "municipality": "naam van de gemeente",
    "gm_code": "CBS-code van de gemeente",
    "panel_name": "naam van het panel",
    "telephone": "telefoonnummer voor deelnemers",
    "email": "e-mailadres voor deelnemers",
    "postal_address": "postadres",
    "rules_decision_number": "nummer van het raadsbesluit over de spelregels",
    "rules_decision_url": "link naar het raadsbesluit over de spelregels",
    "rules_decision_on": "datum van het raadsbesluit",
    "deciding_body": "wie over een opdracht beslist",
    "indicators": "tien indicatoren voor het jaaroverzicht",
    "controller": "verwerkingsverantwoordelijke",
    "register_legal_basis": "grondslag voor de steekproef uit het register",
    "dpia_on": "datum van de DPIA",
    "privacy_contact": "contact voor privacyvragen",
}


def missing(settings: MunicipalSettings) -> dict[str, str]:
    """The required settings that are still empty, with their Dutch description."""
    return {name: label for name, label in REQUIRED.items() if not getattr(settings, name)}


def latest_version() -> SettingsVersion | None:
    """The newest stored version, or None on a new installation."""
    return db.session.scalars(select(SettingsVersion).order_by(SettingsVersion.number.desc()).limit(1)).first()


_table = SettingsVersion.__table__.c
_NEWEST = select(_table.id, _table.number, _table.created_at).order_by(_table.number.desc()).limit(1)
_parsed: dict[tuple[Any, ...], MunicipalSettings] = {}


def municipal() -> MunicipalSettings:
    """The settings that hold now; defaults where nothing was decided. Parsed once per stored version."""
    newest = db.session.connection().execute(_NEWEST).first()
    if newest is None:
        return MunicipalSettings()
    key = tuple(newest)
    if key not in _parsed:
        _parsed.clear()
        _parsed[key] = from_document(db.session.get_one(SettingsVersion, newest[0]).document)
    return _parsed[key]


def from_document(document: dict[str, Any]) -> MunicipalSettings:
    """Read settings from a stored document; unknown keys of other releases are left out."""
    known = {f.name for f in fields(MunicipalSettings)}
    return MunicipalSettings(**{k: v for k, v in document.items() if k in known})


def save(settings: MunicipalSettings, *, reason: str = "") -> SettingsVersion:
    """Store a new version of the settings beside the old ones, with its audit row."""
    before = latest_version()
    version = SettingsVersion(
        number=(before.number if before else 0) + 1,
        document=asdict(settings),
        created_at=clock.now(),
        created_by=current().ref or current().kind,
    )
    db.session.add(version)
    changed = [k for k, v in version.document.items() if before is None or before.document.get(k) != v]
    audit.record("settings.save", "settings", str(version.number), detail={"changed": changed, "reason": reason})
    db.session.flush()
    return version


def iso_date(value: str) -> date | None:
    """A date kept as text in the settings, or None when empty."""
    return date.fromisoformat(value) if value else None
