"""A member's own pages: profile, mailbox, preferences, pause, data, leaving."""

import json

from flask import Response as FileResponse
from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from core import clock
from core.db import db
from core.errors import BlockedError, TransitionError
from core.models import SessionKind
from core.web import visitors
from core.web.access import Audience, allow
from core.web.context import say
from panel import queries
from panel.forms import DigitsForm, EmailForm, LeaveForm, PauseForm, PreferencesForm, ProfileForm, add_faults
from panel.labels import CODE_FAULT, PROFILE_FAULT
from panel.models import ConsentPurpose, Member, MemberStatus
from panel.profiles import ProfileRefusedError
from panel.services import membership, own_data
from panel.views import browser, kept_words
from panel.views.blueprints import MEMBER
from panel.views.joining import Page
from panel.views.language import keep_language, show
from panel.views.profile_faults import tell_the_rest


def _me() -> Member:
    member: Member = visitors.current().subject
    return member


def _home(message: str) -> Response:
    flash(say(message), "success")
    return redirect("/mijn")


@MEMBER.get("/mijn/profiel")
@allow(Audience.MEMBER)
def profile() -> Page:
    """The profile to check, filled in."""
    form = ProfileForm(obj=_me())
    form.offer_districts(queries.districts())
    return show("panel/member/profile.html", form=form, member=_me())


@MEMBER.post("/mijn/profiel")
@allow(Audience.MEMBER)
def save_profile() -> Page:
    """Correct the profile."""
    form = ProfileForm()
    form.offer_districts(queries.districts())
    if form.validate_on_submit():
        try:
            membership.update_profile(_me(), form.change())
            db.session.commit()
            return _home("Uw profiel is nagekeken. Dank u wel.")
        except ProfileRefusedError as refused:
            db.session.rollback()
            add_faults(form, refused.faults, PROFILE_FAULT)
    else:
        tell_the_rest(form)
    return show("panel/member/profile.html", form=form, member=_me()), 422


@MEMBER.get("/mijn/e-mailadres")
@allow(Audience.MEMBER)
def new_email() -> Page:
    """Ask for a new mailbox."""
    return show("panel/member/new_email.html", form=EmailForm(formdata=None), member=_me())


@MEMBER.post("/mijn/e-mailadres")
@allow(Audience.MEMBER)
def ask_new_email() -> Page:
    """Send a code to the new mailbox."""
    form = EmailForm()
    if not form.validate_on_submit():
        return show("panel/member/new_email.html", form=form, member=_me()), 422
    browser.count_mail(form.email.data or "")
    asked = membership.request_email_change(_me(), form.email.data or "", browser.key())
    db.session.commit()
    browser.keep("new_email", asked.public_id)
    return redirect(url_for("panel_member.type_new_email_code"))


@MEMBER.get("/mijn/e-mailadres/code")
@allow(Audience.MEMBER)
def type_new_email_code() -> Page:
    """Ask for the code that went to the new mailbox."""
    return show("panel/member/new_email_code.html", form=DigitsForm(formdata=None))


@MEMBER.post("/mijn/e-mailadres/code")
@allow(Audience.MEMBER)
def use_new_email_code() -> Page:
    """Take the new mailbox over."""
    browser.count_digits()
    form = DigitsForm()
    if form.validate_on_submit():
        reason = membership.confirm_email_change(_me(), browser.kept("new_email"), form.code.data or "", browser.key())
        db.session.commit()
        if not reason:
            browser.drop("new_email")
            return _home("Uw nieuwe e-mailadres is opgeslagen.")
        form.code.errors = [CODE_FAULT[reason]]
    return show("panel/member/new_email_code.html", form=form), 422


@MEMBER.get("/mijn/voorkeuren")
@allow(Audience.MEMBER)
def preferences() -> Page:
    """Language, mails and consents."""
    member = _me()
    form = PreferencesForm(
        language=member.language,
        newsletter=member.newsletter,
        link_waves=membership.has_consent(member, ConsentPurpose.LINK_WAVES),
        talk_further=membership.has_consent(member, ConsentPurpose.TALK_FURTHER),
    )
    return show("panel/member/preferences.html", form=form)


@MEMBER.post("/mijn/voorkeuren")
@allow(Audience.MEMBER)
def save_preferences() -> Page:
    """Save language, mails and consents."""
    form = PreferencesForm()
    if not form.validate_on_submit():
        return show("panel/member/preferences.html", form=form), 422
    membership.set_preferences(
        _me(), language=form.language.data, newsletter=bool(form.newsletter.data), consents=form.consents()
    )
    db.session.commit()
    keep_language(form.language.data)
    return _home("Uw voorkeuren zijn opgeslagen.")


@MEMBER.get("/mijn/pauze")
@allow(Audience.MEMBER)
def pause() -> Page:
    """Ask until when, or offer to come back."""
    return show("panel/member/pause.html", form=PauseForm(formdata=None), member=_me())


@MEMBER.post("/mijn/pauze")
@allow(Audience.MEMBER)
def start_pause() -> Page:
    """Pause until a date."""
    form = PauseForm()
    if form.validate_on_submit() and form.until.data:
        try:
            membership.pause(_me(), form.until.data)
            db.session.commit()
            return _home("Uw pauze is ingegaan. U krijgt zolang geen uitnodigingen.")
        except BlockedError as blocked:
            db.session.rollback()
            form.until.errors = [b.message for b in blocked.blockers]
        except TransitionError:
            db.session.rollback()
            form.until.errors = [say("Alleen wie actief lid is, kan pauze nemen.")]
    return show("panel/member/pause.html", form=form, member=_me()), 422


@MEMBER.post("/mijn/pauze/stoppen")
@allow(Audience.MEMBER)
def end_pause() -> Page:
    """Back from a pause or from sleep."""
    if _me().status in (MemberStatus.PAUSED, MemberStatus.DORMANT):
        membership.resume(_me())
        db.session.commit()
    return _home("Fijn dat u er weer bent.")


@MEMBER.get("/mijn/gegevens")
@allow(Audience.MEMBER)
def data() -> Page:
    """Everything that is kept, readable."""
    found = own_data.export_data(_me())
    return show(
        "panel/member/data.html",
        rows=kept_words.rows(found),
        consents=[kept_words.consent(one) for one in found["toestemmingen"]],
        helper=kept_words.helper(found["hulp"]),
        contacts=[kept_words.contact(one) for one in found["contact"]],
    )


@MEMBER.get("/mijn/gegevens.json")
@allow(Audience.MEMBER)
def data_file() -> Page:
    """Everything that is kept, as a file for another program."""
    content = json.dumps(own_data.export_data(_me()), ensure_ascii=False, indent=2)
    answer = FileResponse(content, content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="mijn-gegevens-{clock.today()}.json"'
    return answer


@MEMBER.get("/mijn/verlaten")
@allow(Audience.MEMBER)
def leave() -> Page:
    """What leaving means."""
    return show("panel/member/leave.html", form=LeaveForm(formdata=None), member=_me())


@MEMBER.post("/mijn/verlaten")
@allow(Audience.MEMBER)
def confirm_leave() -> Page:
    """Leave for good."""
    form = LeaveForm()
    if not form.validate_on_submit():
        return show("panel/member/leave.html", form=form, member=_me()), 422
    reference = membership.leave(_me())
    response = visitors.end(SessionKind.MEMBER, redirect(url_for("panel_member.left", reference=reference)))
    db.session.commit()
    return response
