"""The clerk registers who calls or writes, and decides about members who may be one person."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import trace
from core.db import db
from core.errors import BlockedError
from core.web.access import Audience, allow
from panel import queries
from panel.forms import RegisterForm, add_faults
from panel.labels import CODE_FAULT, MEMBER_STATUS, ORIGIN, PROFILE_FAULT
from panel.models import MemberStatus
from panel.profiles import ProfileRefusedError
from panel.queries.duplicates import possible_duplicates
from panel.services import duplicates, registering
from panel.services.joining import CodeRefusedError
from panel.services.registering import Channel
from panel.views.blueprints import CLERK
from panel.views.joining import Page
from panel.views.profile_faults import tell_the_rest

SHARED = {"address": "adres", "email": "e-mailadres", "name": "naam"}
REGISTERED = {
    MemberStatus.ACTIVE: "Ingeschreven. Dit lid krijgt de vragenlijsten per post.",
    MemberStatus.CONFIRMED: "Ingeschreven. Er gaat een brief met een code naar het adres.",
}


@CLERK.get("/griffie/panel/inschrijven")
@allow(Audience.STAFF, "panel.recruit")
def register_form() -> Page:
    """The form for somebody without internet."""
    form = RegisterForm(formdata=None)
    form.offer_districts(queries.districts())
    return render_template("panel/clerk/register.html", form=form)


@CLERK.post("/griffie/panel/inschrijven")
@allow(Audience.STAFF, "panel.recruit")
def register_member() -> Page:
    """Register somebody by post, telephone or at the desk."""
    form = RegisterForm()
    form.offer_districts(queries.districts())
    if form.letter_code.data:
        form.without_address()
    if form.validate_on_submit():
        try:
            return _register(form)
        except ProfileRefusedError as refused:
            db.session.rollback()
            add_faults(form, refused.faults, PROFILE_FAULT)
        except CodeRefusedError as refused:
            db.session.rollback()
            form.letter_code.errors = [CODE_FAULT[refused.code]]
    else:
        tell_the_rest(form)
    return render_template("panel/clerk/register.html", form=form), 422


def _register(form: RegisterForm) -> Response:
    member = registering.register_for(
        profile=form.profile(None, form.address_given()),
        consents=form.consents(),
        channel=Channel(form.channel.data),
        code=form.letter_code.data or "",
    )
    db.session.commit()
    flash(REGISTERED[member.status], "success")
    return redirect(url_for("panel_clerk.show_member", public_id=member.public_id))


@CLERK.get("/griffie/panel/dubbel")
@allow(Audience.STAFF, "panel.list_members")
def duplicate_members() -> Page:
    """Members who may be one person; looking is a row in the audit log."""
    return _duplicates(), 200


def _duplicates(error: str = "") -> str:
    pairs = possible_duplicates()
    trace.seen("member.list_duplicates", "panel", f"pairs:{len(pairs)}")
    return render_template(
        "panel/clerk/duplicates.html",
        pairs=[(pair, ", ".join(SHARED[name] for name in pair.shared)) for pair in pairs],
        words=MEMBER_STATUS,
        origins=ORIGIN,
        errors=[("main", error)] if error else [],
    )


@CLERK.post("/griffie/panel/dubbel")
@allow(Audience.STAFF, "panel.recruit")
def decide_duplicate() -> Page:
    """Two people, or one person of whom one membership is erased."""
    one = queries.get_member_by_public_id(request.form.get("one", ""))
    other = queries.get_member_by_public_id(request.form.get("other", ""))
    if one.id == other.id or MemberStatus.LEFT in (one.status, other.status):
        return _duplicates("Een van deze twee is al geen lid meer. De lijst hieronder is weer bij."), 409
    if request.form.get("decision") == "merge":
        try:
            duplicates.merge(keep=one, erase=other)
        except BlockedError as blocked:
            db.session.rollback()
            return _duplicates(blocked.blockers[0].message), 409
        flash(f"Inschrijving {other.id} is gewist. Lid {one.id} blijft.", "success")
    else:
        duplicates.are_two_people(one, other)
        flash("Dit zijn twee mensen. Ze staan niet meer in deze lijst.", "success")
    db.session.commit()
    return redirect(url_for("panel_clerk.duplicate_members"))
