"""Joining with the code of a letter."""

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from core.db import db
from core.web import origins
from core.web.access import Audience, allow
from panel import queries
from panel.forms import CodeForm, DigitsForm, JoinForm, add_faults
from panel.labels import CODE_FAULT, PROFILE_FAULT
from panel.models import Member, MemberOrigin, MemberStatus, SamplePerson
from panel.profiles import ProfileRefusedError
from panel.queries.members import waiting_total
from panel.services import joining
from panel.services.joining import CodeRefusedError, Joined
from panel.views import browser
from panel.views.blueprints import PUBLIC
from panel.views.language import chosen_language, show
from panel.views.profile_faults import tell_the_rest

Page = Response | str | tuple[str, int]


@PUBLIC.get("/meedoen")
@allow(Audience.PUBLIC)
def letter_code() -> Page:
    """Ask for the code; the QR code of a letter fills it in. Writes nothing."""
    return show("panel/public/letter_code.html", form=CodeForm(code=request.args.get("code", "")))


@PUBLIC.post("/meedoen")
@allow(Audience.PUBLIC)
def use_letter_code() -> Page:
    """Check the code, of either kind of letter, and go on."""
    browser.count_letter_code()
    form = CodeForm()
    if not form.validate_on_submit():
        return show("panel/public/letter_code.html", form=form), 422
    code = form.code.data or ""
    try:
        if joining.find_by_address_code(code) is not None:
            return _confirm_address(code)
        joining.start_from_letter(code)
    except CodeRefusedError as refused:
        form.code.errors = [CODE_FAULT[refused.code]]
        return show("panel/public/letter_code.html", form=form), 422
    browser.keep("letter_code", code)
    return redirect(url_for("panel_public.join"))


def _confirm_address(code: str) -> Response:
    member = joining.confirm_address(code)
    db.session.commit()
    browser.keep("joined", member.public_id)
    return redirect(url_for("panel_public.joined"))


def _person() -> SamplePerson | None:
    try:
        return joining.start_from_letter(browser.kept("letter_code"))
    except CodeRefusedError:
        return None


@PUBLIC.get("/meedoen/gegevens")
@allow(Audience.PUBLIC)
def join() -> Page:
    """The profile, with what the register told already filled in."""
    person = _person()
    if person is None:
        return redirect(url_for("panel_public.letter_code"))
    form = JoinForm(
        first_name=person.first_name, last_name=person.last_name, district_code=person.district_code, sex=person.sex
    )
    form.offer_districts(queries.districts())
    return show("panel/public/join.html", form=form, person=person)


@PUBLIC.post("/meedoen/gegevens")
@allow(Audience.PUBLIC)
def submit_join() -> Page:
    """Join; with an e-mail address the mailbox is confirmed first."""
    form, person = JoinForm(), _person()
    if person is None:
        return redirect(url_for("panel_public.letter_code"))
    form.offer_districts(queries.districts())
    if form.email.data:
        browser.count_mail(form.email.data)
    if form.validate_on_submit():
        try:
            return _go_on(_join(form))
        except ProfileRefusedError as refused:
            db.session.rollback()
            add_faults(form, refused.faults, PROFILE_FAULT)
    else:
        tell_the_rest(form)
    return show("panel/public/join.html", form=form, person=_person()), 422


def _join(form: JoinForm) -> Joined:
    return joining.join_from_letter(
        code=browser.kept("letter_code"),
        profile=form.profile(form.email.data or None, language=chosen_language()),
        consents=form.consents(),
        browser_key=browser.key(),
    )


def _go_on(outcome: Joined) -> Response:
    db.session.commit()
    if outcome.request is not None:
        browser.keep("confirm", outcome.request.public_id)
        return redirect(url_for("panel_public.confirm_email"))
    browser.drop("letter_code")
    browser.keep("joined", outcome.member.public_id if outcome.member else "")
    return redirect(url_for("panel_public.joined"))


@PUBLIC.get("/meedoen/e-mail")
@allow(Audience.PUBLIC)
def confirm_email() -> Page:
    """Ask for the six digits of the e-mail."""
    if not browser.kept("confirm"):
        return redirect(url_for("panel_public.letter_code"))
    return show("panel/public/confirm_email.html", form=DigitsForm(formdata=None))


@PUBLIC.post("/meedoen/e-mail")
@allow(Audience.PUBLIC)
def use_email_code() -> Page:
    """Check the digits: who was drawn is in, who signed up waits for the letter."""
    browser.count_digits()
    form = DigitsForm()
    if not form.validate_on_submit():
        return show("panel/public/confirm_email.html", form=form), 422
    outcome = joining.confirm_email(browser.kept("confirm"), form.code.data or "", browser.key())
    if outcome.member is None:
        db.session.commit()
        form.code.errors = [CODE_FAULT[outcome.reason]]
        return show("panel/public/confirm_email.html", form=form), 422
    browser.drop("confirm")
    return _go_on(outcome)


@PUBLIC.get("/meedoen/klaar")
@allow(Audience.PUBLIC)
def joined() -> Page:
    """What happened and what comes next, by the status of the one who just joined in this browser."""
    reference = browser.kept("joined")
    if not reference:
        return redirect(url_for("panel_public.letter_code"))
    return _standing(queries.get_member_by_public_id(reference))


@PUBLIC.get("/wachtlijst/<public_id>/<key>")
@allow(Audience.PUBLIC)
def waiting_list(public_id: str, key: str) -> Page:
    """Where an applicant stands, by the link of the mail: the place and no more. Writes nothing."""
    member = joining.find_by_place_key(public_id, key)
    if member is None:
        origins.count_wrong_link()
        abort(404)
    return _standing(member)


def _standing(member: Member) -> str:
    return show(
        "panel/public/joined.html",
        step=_step(member),
        place=queries.waiting_place(member),
        total=waiting_total(member),
    )


def _step(member: Member) -> str:
    if member.status is MemberStatus.CONFIRMED:
        return "letter"
    if member.status is MemberStatus.WAITING:
        return "waiting"
    if member.origin is MemberOrigin.DRAWN and member.by_post:
        return "by_post"
    return "active" if member.status is not MemberStatus.LEFT else "left"
