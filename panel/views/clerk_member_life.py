"""What the griffie does with one member: note a contact, another way to be reached, help, profile, moving, a death."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import audit, clock, trace
from core.db import db
from core.errors import BlockedError
from core.web.access import Audience, allow
from panel import queries
from panel.forms import ProfileForm, add_faults
from panel.labels import MEMBER_COLOUR, MEMBER_STATUS, ORIGIN, PROFILE_FAULT, stratum_label
from panel.life_forms import AddressForm, ChannelForm, HelperForm, NoteForm, SureForm
from panel.models import LeaveReason, Member, NoteKind
from panel.profiles import ProfileRefusedError
from panel.queries.contacts import contact_history, helper_of
from panel.services import deaths, helping, membership, moving
from panel.upkeep_labels import HELPER_ROLE, LEAVE_REASON
from panel.views.blueprints import CLERK
from panel.views.joining import Page

ENDS = {"moved_away": LeaveReason.MOVED_AWAY, "own_wish": LeaveReason.OWN_WISH}


def _member(public_id: str) -> Member:
    return queries.get_member_by_public_id(public_id)


def _looked_at(public_id: str) -> Member:
    """A member whose data the page shows: looking is a row in the audit log."""
    member = _member(public_id)
    trace.seen("member.view", "member", audit.subject_ref("member", member.id))
    return member


def _back(member: Member, message: str) -> Response:
    db.session.commit()
    flash(message, "success")
    return redirect(url_for("panel_clerk.show_member", public_id=member.public_id))


def _refused(form: HelperForm | NoteForm | ChannelForm, blocked: BlockedError) -> None:
    db.session.rollback()
    for blocker in blocked.blockers:
        field = form[blocker.anchor] if blocker.anchor in form else next(iter(form))
        field.errors = [*field.errors, blocker.message]


@CLERK.get("/griffie/panel/lid/<public_id>")
@allow(Audience.STAFF, "panel.list_members")
def show_member(public_id: str) -> str:
    """One member with the history of contacts; looking is a row in the audit log."""
    member = _looked_at(public_id)
    helper = helper_of(member)
    return render_template(
        "panel/clerk/member.html",
        member=member,
        status=MEMBER_STATUS[member.status],
        colour=MEMBER_COLOUR[member.status],
        origin=ORIGIN[member.origin],
        stratum=stratum_label(member.stratum, {area.code: area.name for area in queries.districts()}),
        place=queries.waiting_place(member),
        history=contact_history(member),
        helper=helper,
        helper_role=HELPER_ROLE[helper.role] if helper else "",
        reason=LEAVE_REASON[member.left_reason] if member.left_reason else "",
    )


@CLERK.get("/griffie/panel/lid/<public_id>/contact")
@allow(Audience.STAFF, "panel.keep_up")
def new_note(public_id: str) -> Page:
    """Write down a contact."""
    form = NoteForm(formdata=None, on=clock.today())
    return render_template("panel/clerk/member_note.html", form=form, member=_member(public_id))


@CLERK.post("/griffie/panel/lid/<public_id>/contact")
@allow(Audience.STAFF, "panel.keep_up")
def save_note(public_id: str) -> Page:
    """Keep a contact."""
    member, form = _member(public_id), NoteForm()
    if form.validate_on_submit() and form.on.data:
        try:
            helping.note_contact(member, form.chosen(), form.on.data, form.text.data or "")
            return _back(member, "Het contact is opgeschreven.")
        except BlockedError as blocked:
            _refused(form, blocked)
    return render_template("panel/clerk/member_note.html", form=form, member=member), 422


@CLERK.get("/griffie/panel/lid/<public_id>/bereiken")
@allow(Audience.STAFF, "panel.keep_up")
def channel(public_id: str) -> Page:
    """How to reach this member."""
    member = _looked_at(public_id)
    now = "phone" if member.by_phone else "post" if member.by_post else "email"
    form = ChannelForm(formdata=None, channel=now, email=member.email)
    return render_template("panel/clerk/member_channel.html", form=form, member=member)


@CLERK.post("/griffie/panel/lid/<public_id>/bereiken")
@allow(Audience.STAFF, "panel.keep_up")
def save_channel(public_id: str) -> Page:
    """Another way to reach this member."""
    member, form = _member(public_id), ChannelForm()
    if form.validate_on_submit():
        try:
            if form.channel.data != "email":
                helping.reach_by_post(member, by_phone=form.channel.data == "phone")
                return _back(member, "Dit lid krijgt geen e-mail meer van ons.")
            if form.email.data:
                helping.reach_by_email(member, form.email.data)
                return _back(member, "Het e-mailadres is opgeslagen.")
            form.email.errors = ["Vul het e-mailadres in."]
        except BlockedError as blocked:
            _refused(form, blocked)
    return render_template("panel/clerk/member_channel.html", form=form, member=member), 422


@CLERK.post("/griffie/panel/lid/<public_id>/e-mail-werkt-weer")
@allow(Audience.STAFF, "panel.keep_up")
def email_works(public_id: str) -> Response:
    """Put back the address that mails came back from."""
    member = _member(public_id)
    helping.email_works_again(member)
    return _back(member, "Het e-mailadres is weer in gebruik.")


@CLERK.get("/griffie/panel/lid/<public_id>/hulp")
@allow(Audience.STAFF, "panel.keep_up")
def member_helper(public_id: str) -> Page:
    """Who helps this member."""
    member = _looked_at(public_id)
    found = helper_of(member)
    form = HelperForm(formdata=None, name=found.name, how=found.how, role=found.role.value) if found else None
    context = {"form": form or HelperForm(formdata=None), "member": member, "helper": found}
    return render_template("panel/clerk/member_helper.html", **context)


@CLERK.post("/griffie/panel/lid/<public_id>/hulp")
@allow(Audience.STAFF, "panel.keep_up")
def save_member_helper(public_id: str) -> Page:
    """Keep or forget who helps."""
    member, form = _member(public_id), HelperForm()
    if request.form.get("drop"):
        helping.drop_helper(member)
        return _back(member, "De naam van de helper is gewist.")
    if form.validate_on_submit():
        try:
            helping.set_helper(member, **form.values())
            return _back(member, "De helper is opgeschreven.")
        except BlockedError as blocked:
            _refused(form, blocked)
    context = {"form": form, "member": member, "helper": helper_of(member)}
    return render_template("panel/clerk/member_helper.html", **context), 422


@CLERK.get("/griffie/panel/lid/<public_id>/profiel")
@allow(Audience.STAFF, "panel.keep_up")
def member_profile(public_id: str) -> Page:
    """Check the profile together with a member who called or wrote."""
    member = _member(public_id)
    trace.seen("member.view_profile", "member", audit.subject_ref("member", member.id))
    form = ProfileForm(obj=member)
    form.offer_districts(queries.districts())
    return render_template("panel/clerk/member_profile.html", form=form, member=member)


@CLERK.post("/griffie/panel/lid/<public_id>/profiel")
@allow(Audience.STAFF, "panel.keep_up")
def save_member_profile(public_id: str) -> Page:
    """The profile was checked."""
    member, form = _member(public_id), ProfileForm()
    form.offer_districts(queries.districts())
    if form.validate_on_submit():
        try:
            membership.update_profile(member, form.change())
            helping.note_contact(member, NoteKind.PROFILE, clock.today())
            return _back(member, "Het profiel is nagekeken.")
        except ProfileRefusedError as refused:
            db.session.rollback()
            add_faults(form, refused.faults, PROFILE_FAULT)
    return render_template("panel/clerk/member_profile.html", form=form, member=member), 422


@CLERK.get("/griffie/panel/lid/<public_id>/verhuisd")
@allow(Audience.STAFF, "panel.keep_up")
def member_moved(public_id: str) -> Page:
    """A new address that the member told."""
    form = AddressForm(formdata=None)
    form.offer_districts(queries.districts())
    return render_template("panel/clerk/member_moved.html", form=form, member=_member(public_id))


@CLERK.post("/griffie/panel/lid/<public_id>/verhuisd")
@allow(Audience.STAFF, "panel.keep_up")
def save_member_moved(public_id: str) -> Page:
    """Moved within the municipality."""
    member, form = _member(public_id), AddressForm()
    form.offer_districts(queries.districts())
    if form.validate_on_submit():
        try:
            moving.move_within(member, form.address(), form.district_code.data or "")
            return _back(member, "Het nieuwe adres is opgeslagen.")
        except ProfileRefusedError as refused:
            db.session.rollback()
            add_faults(form, refused.faults, PROFILE_FAULT)
    return render_template("panel/clerk/member_moved.html", form=form, member=member), 422


@CLERK.get("/griffie/panel/lid/<public_id>/uitschrijven")
@allow(Audience.STAFF, "panel.keep_up")
def end_membership(public_id: str) -> Page:
    """What ending a membership means."""
    return render_template("panel/clerk/member_end.html", form=SureForm(formdata=None), member=_member(public_id))


@CLERK.post("/griffie/panel/lid/<public_id>/uitschrijven")
@allow(Audience.STAFF, "panel.keep_up")
def confirm_end(public_id: str) -> Page:
    """Died, moved away or stopped: everything is erased."""
    member, form = _member(public_id), SureForm()
    why = request.form.get("why", "")
    if not form.validate_on_submit() or (why not in ENDS and why != "died"):
        return render_template("panel/clerk/member_end.html", form=form, member=member, why=why), 422
    if why == "died":
        deaths.note_death(member)
        return _back(member, "De gegevens zijn gewist. Er gaat geen bericht meer naar dit adres.")
    reference = membership.leave(member, ENDS[why])
    return _back(member, f"De gegevens zijn gewist. Het bewijsnummer voor het lid is {reference}.")
