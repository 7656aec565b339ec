"""The municipality's settings: what is missing, the filled form, the versions."""

from flask import flash, redirect, render_template, url_for

from core import settings as municipal
from core.accounts.queries import names_of
from core.administration import queries, services
from core.administration.forms import SettingsForm, initial, to_settings
from core.administration.settings_fields import SECTIONS, SETTINGS
from core.db import db
from core.errors import ConflictError
from core.permissions import permitted
from core.views.administration.blueprint import Page, blueprint
from core.web.access import Audience, allow

CHANGED = "Iemand anders heeft de instellingen intussen gewijzigd. Kijk wat er nu staat en vul uw wijziging opnieuw in."


@blueprint.route("/instellingen", methods=["GET"])
@allow(Audience.STAFF, "settings.view")
def settings() -> Page:
    """The settings as a filled form, with what is still missing on top."""
    now = municipal.municipal()
    latest = municipal.latest_version()
    form = SettingsForm(formdata=None, data={**initial(now), "number": str(latest.number if latest else 0)})
    return _settings_page(form)


@blueprint.route("/instellingen", methods=["POST"])
@allow(Audience.STAFF, "settings.save")
def save_settings() -> Page:
    """Store a new version of the settings."""
    form = SettingsForm()
    if not form.validate_on_submit():
        return _settings_page(form)
    number = form.number.data or ""
    expected = int(number) if number.isdecimal() else -1
    try:
        version = services.save_settings(to_settings(form), reason=form.reason.data or "", expected=expected)
    except ConflictError:
        db.session.rollback()
        form.form_errors.append(CHANGED)
        return _settings_page(form)
    db.session.commit()
    flash(f"De instellingen zijn bewaard als versie {version.number}.", "success")
    return redirect(url_for("administration.settings"))


def _settings_page(form: SettingsForm) -> Page:  # type: ignore[valid-type]  # made from the list of settings
    missing = municipal.missing(municipal.municipal())
    versions = queries.list_settings_versions()
    page = render_template(
        "core/administration/settings.html",
        form=form,
        sections=SECTIONS,
        missing=[{"label": label, "url": f"#{name}"} for name, label in missing.items()],
        versions=versions,
        names=names_of({version.created_by for version in versions}),
        may_save=permitted("settings.save"),
    )
    return page, (422 if form.errors else 200)  # type: ignore[attr-defined]  # made from the list of settings


@blueprint.get("/instellingen/versies/<int:number>")
@allow(Audience.STAFF, "settings.view")
def settings_version(number: int) -> str:
    """One version beside the one before it."""
    version = queries.get_settings_version(number)
    before = queries.get_settings_version(number - 1).document if number > 1 else {}
    rows = [
        (setting.label, before.get(name, ""), version.document.get(name, ""))
        for name, setting in SETTINGS.items()
        if before.get(name, "") != version.document.get(name, "")
    ]
    names = names_of({version.created_by})
    return render_template("core/administration/settings_version.html", version=version, rows=rows, names=names)
