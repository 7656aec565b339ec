"""Signing in as a member: a code by e-mail, typed in the window that asked for it."""

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from core import audit, crypto, links
from core.actor import Actor
from core.db import db
from core.models import SessionKind
from core.web import origins, visitors
from core.web.access import Audience, allow
from panel.consents import outdated
from panel.forms import DigitsForm, EmailForm
from panel.labels import CODE_FAULT
from panel.models import CodePurpose, Member
from panel.queries.members import REACHABLE
from panel.services import one_time
from panel.services import sign_in as service
from panel.views import browser
from panel.views.blueprints import MEMBER
from panel.views.joining import Page
from panel.views.language import keep_language, show

CONSENT = "/mijn/toestemming"
HOME = "/mijn"
TYPED_AT = {
    CodePurpose.SIGN_IN: "panel_member.use_code",
    CodePurpose.CONFIRM_EMAIL: "panel_public.use_email_code",
    CodePurpose.CHANGE_EMAIL: "panel_member.use_new_email_code",
}


def load_member(row: visitors.LiveSession) -> tuple[Member, Actor] | None:
    """The member of a session with the actor for the audit log; None ends the session of who left."""
    member = db.session.get(Member, int(row.subject))
    if member is None or member.status not in REACHABLE:
        return None
    reference = audit.subject_ref("member", member.id)
    return member, Actor(kind="member", ref=reference, member_id=member.id, origin=browser.origin())


visitors.subject_loader(SessionKind.MEMBER, load_member)


@MEMBER.get("/inloggen")
@allow(Audience.PUBLIC)
def sign_in() -> Page:
    """Ask for the e-mail address."""
    target = links.local_path(request.args.get("next", ""))
    here = url_for("panel_member.sign_in", next=target or None)
    return show("panel/member/sign_in.html", form=EmailForm(formdata=None), next=target, here=here)


@MEMBER.post("/inloggen")
@allow(Audience.PUBLIC)
def ask_code() -> Page:
    """Send a code; the same answer for every address."""
    form = EmailForm()
    if not form.validate_on_submit():
        return show("panel/member/sign_in.html", form=form, next=links.local_path(request.form.get("next", ""))), 422
    email = form.email.data or ""
    browser.count_mail(email)
    asked = service.request_code(email, browser.key())
    db.session.commit()
    browser.keep("sign_in", asked.public_id)
    browser.keep("next", links.local_path(request.form.get("next", "")))
    return redirect(url_for("panel_member.type_code"))


@MEMBER.get("/inloggen/code")
@allow(Audience.PUBLIC)
def type_code() -> Page:
    """Ask for the code."""
    if not browser.kept("sign_in"):
        return redirect(url_for("panel_member.sign_in"))
    return show("panel/member/type_code.html", form=DigitsForm(formdata=None))


@MEMBER.post("/inloggen/code")
@allow(Audience.PUBLIC)
def use_code() -> Page:
    """Check the code and start the session, or let two members of one mailbox choose."""
    browser.count_digits()
    form = DigitsForm()
    if not form.validate_on_submit():
        return show("panel/member/type_code.html", form=form), 422
    outcome = service.verify(browser.kept("sign_in"), form.code.data or "", browser.key())
    if len(outcome.members) == 1:
        return _start(outcome.members[0])
    db.session.commit()
    if outcome.members:
        return redirect(url_for("panel_member.choose"))
    form.code.errors = [CODE_FAULT[outcome.reason or "over"]]
    return show("panel/member/type_code.html", form=form), 422


@MEMBER.get("/inloggen/wie")
@allow(Audience.PUBLIC)
def choose() -> Page:
    """Who of a shared mailbox is this?"""
    members = service.choices(browser.kept("sign_in"), browser.key())
    if not members:
        return redirect(url_for("panel_member.sign_in"))
    return show("panel/member/choose.html", members=members)


@MEMBER.post("/inloggen/wie")
@allow(Audience.PUBLIC)
def chosen() -> Page:
    """Start the session of the chosen member."""
    members = service.choices(browser.kept("sign_in"), browser.key())
    member = next((m for m in members if m.public_id == request.form.get("member")), None)
    if member is None:
        return redirect(url_for("panel_member.sign_in"))
    return _start(member)


def _start(member: Member) -> Response:
    service.note_sign_in(member)
    keep_language(member.language)
    token = visitors.start(SessionKind.MEMBER, str(member.id))
    db.session.commit()
    target = CONSENT if outdated(member.consents) else links.local_path(browser.kept("next")) or HOME
    browser.drop("sign_in", "next")
    return visitors.give_cookie(redirect(target), SessionKind.MEMBER, token)


@MEMBER.get("/code/<public_id>/<key>")
@allow(Audience.PUBLIC)
def code_link(public_id: str, key: str) -> Page:
    """The link beside a code: a button in the browser that asked, in another only the code. Writes nothing."""
    asked = one_time.find(public_id)
    if asked is None or not crypto.equal(key, one_time.link_key(asked)):
        origins.count_wrong_link()
        abort(404)
    if not one_time.is_live(asked):
        return show("panel/member/code_over.html"), 410
    same = asked.browser_hash == one_time.browser_hash(browser.kept("browser"))
    code, action = one_time.code_of(asked), url_for(TYPED_AT[asked.purpose])
    return show("panel/member/code_link.html", code=code, same=same, action=action)


@MEMBER.post("/mijn/uitloggen")
@allow(Audience.MEMBER)
def sign_out() -> Page:
    """End the session, on the server too."""
    response = visitors.end(SessionKind.MEMBER, redirect("/"))
    db.session.commit()
    return response
