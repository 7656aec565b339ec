"""Signing in and out of staff, and setting up an account."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from core import clock, links, rate_limit, trace
from core.accounts import second_factor, services, setup_link
from core.accounts.forms import CodeForm, PasswordForm, SetupForm, SignInForm
from core.accounts.labels import PASSWORD_FAULTS, ROLES, SIGN_IN_REFUSED, start_page
from core.accounts.queries import email_index
from core.accounts.services import SignInRefusedError, WeakPasswordError
from core.actor import Actor
from core.db import db
from core.form_fields import Form
from core.models import Account, SessionKind
from core.rate_limit import Limit
from core.web import context, origins, visitors
from core.web.access import Audience, allow

blueprint = Blueprint("accounts", __name__, url_prefix="/medewerkers")

WAITS = "code:"
CODE_TIME = timedelta(minutes=10)
QUARTER = timedelta(minutes=15)
Page = str | tuple[str, int] | Response


def load_staff(session: visitors.LiveSession) -> tuple[Account, Actor] | None:
    """The account of a staff session; none while the second step is still to come."""
    if session.subject.startswith(WAITS):
        return None
    account = db.session.get(Account, int(session.subject))
    if account is None or not account.active:
        return None
    return account, Actor(
        kind="staff",
        ref=account.public_id,
        account_id=account.id,
        roles=account.role_values,
        bodies=frozenset(body.id for body in account.bodies),
        origin=request.remote_addr or "",
    )


visitors.subject_loader(SessionKind.STAFF, load_staff)


def account_limit(email: str) -> Limit:
    """Attempts on one account."""
    return Limit("sign-in-account", email_index(email), 10, QUARTER)


def address_limit() -> Limit:
    """Attempts from one address."""
    return Limit("sign-in-address", origins.network(), 40, QUARTER)


@blueprint.route("/inloggen", methods=["GET", "POST"])
@allow(Audience.PUBLIC)
def sign_in() -> Page:
    """First step: password."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _page("sign_in", form)
    email, password = form.email.data or "", form.password.data or ""
    rate_limit.count(account_limit(email), address_limit())
    try:
        account = services.check_password(email, password)
    except SignInRefusedError as error:
        return _refused("sign_in", form, error)
    data = {"next": links.local_path(request.args.get("next", ""))}
    token = visitors.start(SessionKind.STAFF, f"{WAITS}{account.id}", data=data)
    db.session.commit()
    return visitors.give_cookie(redirect(url_for("accounts.code")), SessionKind.STAFF, token)


@blueprint.route("/code", methods=["GET", "POST"])
@allow(Audience.PUBLIC)
def code() -> Page:
    """Second step: the code of the app; then a new session begins."""
    waiting = _waiting()
    if waiting is None:
        flash("Log opnieuw in. Dat duurde langer dan tien minuten.", "warning")
        return redirect(url_for("accounts.sign_in"))
    form = CodeForm()
    if not form.validate_on_submit():
        return _page("code", form)
    account, after = waiting
    limit = Limit("sign-in-code", str(account.id), 10, QUARTER)
    rate_limit.count(limit, address_limit())
    try:
        services.check_code(account, form.code.data or "")
    except SignInRefusedError as error:
        return _refused("code", form, error)
    for done in (limit, account_limit(account.email)):
        rate_limit.forgive(done)
    return _signed_in(account, after)


def _signed_in(account: Account, after: str) -> Response:
    answer = redirect(after or start_page(account.role_values))
    visitors.end(SessionKind.STAFF, answer)
    token = visitors.start(SessionKind.STAFF, str(account.id))
    db.session.commit()
    return visitors.give_cookie(answer, SessionKind.STAFF, token)


def _waiting() -> tuple[Account, str] | None:
    session = visitors.find_session(SessionKind.STAFF)
    if session is None or not session.subject.startswith(WAITS) or session.created_at + CODE_TIME <= clock.now():
        return None
    account = db.session.get(Account, int(session.subject.removeprefix(WAITS)))
    return (account, str(session.data.get("next", ""))) if account is not None else None


@blueprint.post("/uitloggen")
@allow(Audience.STAFF, "account.own")
def sign_out() -> Response:
    """End this browser's session."""
    answer = visitors.end(SessionKind.STAFF, redirect(url_for("accounts.sign_in")))
    db.session.commit()
    flash("U bent uitgelogd.", "success")
    return answer


@blueprint.post("/overal-uitloggen")
@allow(Audience.STAFF, "account.own")
def sign_out_everywhere() -> Response:
    """End all sessions of this account."""
    services.sign_out_everywhere(visitors.current().subject)
    db.session.commit()
    flash("U bent overal uitgelogd.", "success")
    return redirect(url_for("accounts.sign_in"))


@blueprint.route("/account", methods=["GET", "POST"])
@allow(Audience.STAFF, "account.own")
def own() -> Page:
    """One's own account: roles, password, log out everywhere."""
    form = PasswordForm()
    account: Account = visitors.current().subject
    if not form.validate_on_submit():
        return _own_page(form)
    rate_limit.count(Limit("change-password", str(account.id), 10, QUARTER))
    try:
        services.change_password(account, old=form.old.data or "", new=form.password.data or "")
    except SignInRefusedError as error:
        db.session.rollback()
        form.old.errors = [SIGN_IN_REFUSED[error.code]]
        return _own_page(form)
    except WeakPasswordError as error:
        _weak(form, error)
        return _own_page(form)
    db.session.commit()
    flash("Uw wachtwoord is gewijzigd. Log opnieuw in.", "success")
    return redirect(url_for("accounts.sign_in"))


def _own_page(form: PasswordForm) -> Page:
    account: Account = visitors.current().subject
    roles = [ROLES[role.role] for role in account.roles]
    page = render_template("core/accounts/own.html", form=form, account=account, roles=roles)
    return page, (422 if form.errors else 200)


@blueprint.route("/instellen/<token>", methods=["GET", "POST"])
@allow(Audience.PUBLIC)
def set_up(token: str) -> Page:
    """Set password and second factor through the one-time link; opening it changes nothing."""
    account = _account_of(token)
    form = SetupForm()
    if not form.validate_on_submit():
        return _setup_page(form, token, account)
    rate_limit.count(address_limit())
    try:
        services.complete_setup(token, password=form.password.data or "", code=form.code.data or "")
    except SignInRefusedError as error:
        form.code.errors = [SIGN_IN_REFUSED[error.code]]
    except WeakPasswordError as error:
        _weak(form, error)
    else:
        db.session.commit()
        flash("Uw account is klaar. Log nu in.", "success")
        return redirect(url_for("accounts.sign_in"))
    db.session.rollback()
    return _setup_page(form, token, account)


def _account_of(token: str) -> Account:
    try:
        return setup_link.account_of(token)
    except setup_link.LinkGoneError:
        origins.count_wrong_link()
        raise


def _setup_page(form: SetupForm, token: str, account: Account) -> Page:
    secret = second_factor.derive_secret(token)
    content = second_factor.uri(secret, name=account.email, issuer=context.site().name)
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    # the picture is made by segno from our own text: no markup of others reaches it
    picture = Markup(second_factor.qr_svg(content))  # noqa: S704
    page = render_template("core/accounts/setup.html", form=form, account=account, picture=picture, secret=grouped)
    return page, (422 if form.errors else 200)


def _weak(form: SetupForm | PasswordForm, error: WeakPasswordError) -> None:
    db.session.rollback()
    form.password.errors = [PASSWORD_FAULTS[fault] for fault in error.params["faults"]]


def _page(name: str, form: Form) -> Page:
    return render_template(f"core/accounts/{name}.html", form=form), (422 if form.errors else 200)


def _refused(name: str, form: Form, error: SignInRefusedError) -> Page:
    account = error.params.get("account")
    trace.seen("account.sign_in", "account", account.public_id if account else "unknown", result="refused")
    db.session.rollback()
    form.form_errors.append(SIGN_IN_REFUSED[error.code])
    return _page(name, form)
