"""Accounts and bodies."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import trace
from core.accounts import queries, services
from core.accounts.forms import AccountForm, BodyForm, NewAccountForm
from core.accounts.labels import BODY_KINDS, CONFLICTS, ROLE_HINTS, ROLES
from core.db import db
from core.errors import ConflictError
from core.form_fields import options
from core.models import Account, Body, BodyKind, Role
from core.views.administration.blueprint import Page, blueprint
from core.web.access import Audience, allow
from core.web.download import csv_file


@blueprint.get("/accounts")
@allow(Audience.STAFF, "account.list")
def list_accounts() -> str:
    """All accounts, with a search and a filter by role."""
    search, role, found = _chosen()
    trace.seen("account.list", "account", "list")
    return render_template(
        "core/administration/accounts.html", accounts=found, search=search, role=role, roles=ROLES, bodies=True
    )


@blueprint.get("/accounts.csv")
@allow(Audience.STAFF, "account.list")
def export_accounts() -> Response:
    """The list as a file, for the yearly review of rights."""
    found = _chosen()[2]
    trace.seen("account.export", "account", "list")
    rows = [
        (
            account.name,
            account.email,
            ", ".join(ROLES[held.role] for held in account.roles),
            ", ".join(body.name for body in account.bodies),
            "in gebruik" if account.active else "gesloten",
        )
        for account in found
    ]
    return csv_file("accounts", ("naam", "e-mailadres", "rollen", "organen", "stand"), rows)


def _chosen() -> tuple[str, str, list[Account]]:
    search, role = request.args.get("zoek", ""), request.args.get("rol", "")
    return search, role, queries.list_accounts(search, Role(role) if role in set(Role) else None)


@blueprint.route("/accounts/nieuw", methods=["GET", "POST"])
@allow(Audience.STAFF, "account.manage")
def create_account() -> Page:
    """Create an account; its owner gets a mail with the set-up link."""
    form = NewAccountForm()
    _offer_bodies(form)
    if form.validate_on_submit():
        try:
            account = services.create_account(
                name=form.name.data or "", email=form.email.data or "", roles=_roles(form), bodies=_bodies(form)
            )
        except ConflictError as error:
            db.session.rollback()
            form.email.errors = [CONFLICTS[error.code]]
        else:
            db.session.commit()
            flash("Het account is gemaakt. De link om het in te stellen is onderweg per mail.", "success")
            return redirect(url_for("administration.show_account", public_id=account.public_id))
    page = render_template("core/administration/account_new.html", form=form, hints=ROLE_HINTS)
    return page, (422 if form.errors else 200)


@blueprint.route("/accounts/<public_id>", methods=["GET", "POST"])
@allow(Audience.STAFF, "account.manage")
def show_account(public_id: str) -> Page:
    """One account: change it, close it, give a new link."""
    account = queries.get_account(public_id)
    form = AccountForm(obj=None, data=_values(account))
    _offer_bodies(form)
    if form.validate_on_submit():
        try:
            services.update_account(account, name=form.name.data or "", roles=_roles(form), bodies=_bodies(form))
        except ConflictError as error:
            db.session.rollback()
            form.roles.errors = [CONFLICTS[error.code]]
        else:
            db.session.commit()
            flash("Het account is gewijzigd.", "success")
            return redirect(url_for("administration.show_account", public_id=public_id))
    trace.seen("account.view", "account", public_id)
    page = render_template("core/administration/account.html", form=form, account=account, hints=ROLE_HINTS)
    return page, (422 if form.errors else 200)


@blueprint.post("/accounts/<public_id>/sluiten")
@allow(Audience.STAFF, "account.manage")
def deactivate_account(public_id: str) -> Response:
    """Close an account."""
    try:
        services.deactivate(queries.get_account(public_id))
        db.session.commit()
        flash("Het account is gesloten. Alle sessies zijn beëindigd.", "success")
    except ConflictError as error:
        db.session.rollback()
        flash(CONFLICTS[error.code], "error")
    return redirect(url_for("administration.show_account", public_id=public_id))


@blueprint.post("/accounts/<public_id>/openen")
@allow(Audience.STAFF, "account.manage")
def activate_account(public_id: str) -> Response:
    """Open a closed account."""
    services.activate(queries.get_account(public_id))
    db.session.commit()
    flash("Het account is weer open. De link om het in te stellen is onderweg per mail.", "success")
    return redirect(url_for("administration.show_account", public_id=public_id))


@blueprint.post("/accounts/<public_id>/nieuwe-link")
@allow(Audience.STAFF, "account.manage")
def reset_account(public_id: str) -> Response:
    """Take password and app away and mail a new link."""
    services.reset(queries.get_account(public_id))
    db.session.commit()
    flash("Wachtwoord en app zijn gewist. Een nieuwe link is onderweg per mail.", "success")
    return redirect(url_for("administration.show_account", public_id=public_id))


@blueprint.get("/organen")
@allow(Audience.STAFF, "body.manage")
def list_bodies() -> str:
    """All bodies."""
    return render_template("core/administration/bodies.html", bodies=queries.list_bodies(), kinds=BODY_KINDS)


@blueprint.route("/organen/nieuw", methods=["GET", "POST"])
@allow(Audience.STAFF, "body.manage")
def create_body() -> Page:
    """Create a body."""
    return _body_page(None)


@blueprint.route("/organen/<public_id>", methods=["GET", "POST"])
@allow(Audience.STAFF, "body.manage")
def show_body(public_id: str) -> Page:
    """Change a body."""
    return _body_page(queries.get_body(public_id))


def _body_page(body: Body | None) -> Page:
    form = BodyForm(obj=body)
    if form.validate_on_submit():
        try:
            services.save_body(
                body,
                name=form.name.data or "",
                kind=BodyKind(form.kind.data),
                may_commission=form.may_commission.data,
                may_decide=form.may_decide.data,
            )
        except ConflictError as error:
            db.session.rollback()
            form.name.errors = [CONFLICTS[error.code]]
        else:
            db.session.commit()
            flash("Het orgaan is bewaard.", "success")
            return redirect(url_for("administration.list_bodies"))
    page = render_template("core/administration/body.html", form=form, is_new=body is None)
    return page, (422 if form.errors else 200)


def _values(account: Account) -> dict[str, object]:
    roles, bodies = sorted(account.role_values), [body.public_id for body in account.bodies]
    return {"name": account.name, "roles": roles, "bodies": bodies}


def _offer_bodies(form: AccountForm | NewAccountForm) -> None:
    form.bodies.choices = options((body.public_id, body.name) for body in queries.list_bodies())


def _roles(form: AccountForm | NewAccountForm) -> list[Role]:
    return [Role(value) for value in form.roles.data or []]


def _bodies(form: AccountForm | NewAccountForm) -> list[Body]:
    return [queries.get_body(public_id) for public_id in form.bodies.data or []]
