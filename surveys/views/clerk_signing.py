"""Four eyes: signing in the app, inviting somebody outside, making ready and going back."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.db import db
from core.web.access import Audience, allow
from surveys import labels, queries_wave
from surveys.forms.wave import InviteSignatoryForm, LateForm
from surveys.freezing import design_document, design_hash
from surveys.models.wave import Wave
from surveys.questionnaire import from_document
from surveys.services import readiness
from surveys.views import blocking, loading
from surveys.views.blueprints import clerk as bp
from surveys.views.clerk_waves import wave_page
from surveys.wave_gates import design_blockers

HERE = "/vragenlijsten/<public_id>"


@bp.get(f"{HERE}/ondertekenen")
@allow(Audience.STAFF, "wave.sign_off")
def sign_off(public_id: str) -> str:
    """The whole questionnaire with plan and promises, and the ways to sign."""
    return _page(loading.wave(public_id, "wave.sign_off"))


def _page(found: Wave, blocked: list[blocking.Item] | None = None, **forms: Any) -> str:
    return render_template(
        "surveys/clerk/sign_off.html",
        wave=found,
        labels=labels,
        frozen=from_document(design_document(found)),
        fingerprint=design_hash(found),
        signed=queries_wave.valid_sign_off(found),
        missing=blocking.items(design_blockers(found, queries_wave.facts(found))),
        invite=forms.get("invite") or InviteSignatoryForm(),
        late=forms.get("late") or LateForm(),
        form=next(iter(forms.values()), None),
        blocked=blocked or [],
    )


@bp.post(f"{HERE}/ondertekenen")
@allow(Audience.STAFF, "wave.sign_off")
def sign(public_id: str) -> tuple[str, int] | Response:
    """Sign as the second person."""
    found = loading.wave(public_id, "wave.sign_off")
    seen = request.form.get("fingerprint", "")
    blocked = blocking.attempt(lambda: readiness.sign_off(found, seen_hash=seen))
    if blocked:
        return _page(found, blocked), 409
    flash("U hebt ondertekend.", "success")
    return redirect(url_for(".wave", public_id=public_id))


@bp.post(f"{HERE}/ondertekenaar")
@allow(Audience.STAFF, "wave.invite_signatory")
def invite_signatory(public_id: str) -> tuple[str, int] | Response:
    """Mail a one-time link to somebody outside."""
    found = loading.wave(public_id, "wave.invite_signatory")
    form = InviteSignatoryForm(request.form)
    if not form.validate():
        return _page(found, invite=form), 422
    name, email = form.name.data or "", form.email.data or ""
    blocked = blocking.attempt(lambda: readiness.invite_outside_signatory(found, name=name, email=email))
    if blocked:
        return _page(found, blocked, invite=form), 409
    flash("De link gaat per e-mail naar de ondertekenaar. Die werkt zeven dagen, één keer.", "success")
    return redirect(url_for(".wave", public_id=public_id))


@bp.post(f"{HERE}/klaarzetten")
@allow(Audience.STAFF, "wave.make_ready")
def make_ready(public_id: str) -> tuple[str, int] | Response:
    """Freeze the questionnaire."""
    found = loading.wave(public_id, "wave.make_ready")
    form = LateForm(request.form)
    if not form.validate():
        return _page(found, late=form), 422
    reason = form.late_reason.data or ""
    blocked = blocking.attempt(lambda: readiness.make_ready(found, late_reason=reason))
    if blocked:
        return wave_page(found, blocked), 409
    flash("De vragenlijst staat klaar en ligt vast. Hij gaat vanzelf open.", "success")
    return redirect(url_for(".wave", public_id=public_id))


@bp.post(f"{HERE}/terug")
@allow(Audience.STAFF, "wave.back_to_design")
def back_to_design(public_id: str) -> tuple[str, int] | Response:
    """Open a frozen questionnaire again, before the first invitation."""
    found = loading.wave(public_id, "wave.back_to_design")
    blocked = blocking.attempt(lambda: readiness.back_to_design(found))
    if blocked:
        return wave_page(found, blocked), 409
    db.session.expire(found)
    flash("U kunt de vragenlijst weer wijzigen. Na een wijziging moet iemand opnieuw ondertekenen.", "success")
    return redirect(url_for(".wave", public_id=public_id))
