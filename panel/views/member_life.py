"""A member's own pages for what changes in a life: the yearly check, moving, help, staying."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from core.db import db
from core.models import SessionKind
from core.web import visitors
from core.web.access import Audience, allow
from core.web.context import say
from panel import queries
from panel.forms import add_faults
from panel.labels import PROFILE_FAULT
from panel.life_forms import AddressForm, HelperForm, SureForm
from panel.models import Member
from panel.profiles import ProfileRefusedError
from panel.queries.contacts import helper_of
from panel.services import helping, membership, moving
from panel.views.blueprints import MEMBER
from panel.views.joining import Page
from panel.views.language import show


def _me() -> Member:
    member: Member = visitors.current().subject
    return member


def _home(message: str) -> Response:
    flash(say(message), "success")
    return redirect("/mijn")


@MEMBER.post("/mijn/profiel/klopt")
@allow(Audience.MEMBER)
def confirm_profile() -> Page:
    """Everything is still right."""
    try:
        membership.confirm_profile(_me())
    except ProfileRefusedError:
        db.session.rollback()
        flash(say("Niet alles klopt nog. Kijk uw gegevens na en sla ze op."), "error")
        return redirect(url_for("panel_member.profile"))
    db.session.commit()
    return _home("Uw profiel is nagekeken. Dank u wel.")


@MEMBER.get("/mijn/verhuisd")
@allow(Audience.MEMBER)
def moved() -> Page:
    """A new address, or goodbye."""
    form = AddressForm(formdata=None)
    form.offer_districts(queries.districts())
    return _moving(form, SureForm(formdata=None))


def _moving(form: AddressForm, away: SureForm) -> str:
    return show("panel/member/moved.html", form=form, away=away, member=_me())


@MEMBER.post("/mijn/verhuisd")
@allow(Audience.MEMBER)
def save_address() -> Page:
    """Moved within the municipality."""
    form = AddressForm()
    form.offer_districts(queries.districts())
    if form.validate_on_submit():
        try:
            moving.move_within(_me(), form.address(), form.district_code.data or "")
            db.session.commit()
            return _home("Uw nieuwe adres is opgeslagen. Veel plezier in uw nieuwe huis.")
        except ProfileRefusedError as refused:
            db.session.rollback()
            add_faults(form, refused.faults, PROFILE_FAULT)
    return _moving(form, SureForm(formdata=None)), 422


@MEMBER.post("/mijn/verhuisd/andere-gemeente")
@allow(Audience.MEMBER)
def move_away() -> Page:
    """Moved out of the municipality: goodbye."""
    away = SureForm()
    if not away.validate_on_submit():
        form = AddressForm(formdata=None)
        form.offer_districts(queries.districts())
        return _moving(form, away), 422
    reference = moving.move_away(_me())
    response = visitors.end(SessionKind.MEMBER, redirect(url_for("panel_member.left", reference=reference)))
    db.session.commit()
    return response


@MEMBER.get("/mijn/hulp")
@allow(Audience.MEMBER)
def helper() -> Page:
    """Who helps this member."""
    found = helper_of(_me())
    form = HelperForm(formdata=None, name=found.name, how=found.how, role=found.role.value) if found else None
    return show("panel/member/helper.html", form=form or HelperForm(formdata=None), helper=found)


@MEMBER.post("/mijn/hulp")
@allow(Audience.MEMBER)
def save_helper() -> Page:
    """Write down who helps."""
    form = HelperForm()
    if not form.validate_on_submit():
        return show("panel/member/helper.html", form=form, helper=helper_of(_me())), 422
    helping.set_helper(_me(), **form.values())
    db.session.commit()
    return _home("Wij weten nu wie u helpt.")


@MEMBER.post("/mijn/hulp/weg")
@allow(Audience.MEMBER)
def drop_helper() -> Page:
    """Nobody helps any more."""
    helping.drop_helper(_me())
    db.session.commit()
    return _home("De naam van uw helper is gewist.")


@MEMBER.get("/weer-meedoen/<public_id>/<key>")
@allow(Audience.PUBLIC)
def stay(public_id: str, key: str) -> Page:
    """The link of the wake-up mail: one button, because mail scanners follow links too."""
    return show("panel/member/stay.html", public_id=public_id, key=key)


@MEMBER.post("/weer-meedoen/<public_id>/<key>")
@allow(Audience.PUBLIC)
def stay_in(public_id: str, key: str) -> Page:
    """Still in, or in again."""
    member = db.session.scalars(db.select(Member).filter_by(public_id=public_id)).first()
    done = member is not None and membership.wake(member, key)
    db.session.commit()
    return show("panel/member/stayed.html", done=done), 200 if done else 410
