"""What is done with accounts: create, set up, sign in, change, deactivate."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from core import audit, clock, outbox
from core.accounts import passwords, second_factor, setup_link
from core.accounts.queries import email_index, find_account_by_email
from core.db import db
from core.dialect import begin_write, lock
from core.errors import ConflictError, DomainError
from core.models import Account, AccountRole, Body, BodyKind, Role, SessionKind
from core.outbox import Recipient
from core.permissions import require
from core.sessions import end_everywhere


class SignInRefusedError(DomainError):
    """Wrong address, password or code; which of them is not told."""

    status = 422


class WeakPasswordError(DomainError):
    """The new password is refused; `params["faults"]` holds the codes."""

    status = 422


def create_account(*, name: str, email: str, roles: Iterable[Role], bodies: Iterable[Body] = ()) -> Account:
    """Create an account and mail its set-up link; raises ConflictError when the address has one already."""
    require("account.manage")
    begin_write(db.session)
    if find_account_by_email(email) is not None:
        raise ConflictError("account-exists")
    account = Account(name=name, email=email.strip(), email_index=email_index(email), created_at=clock.now())
    account.roles = [AccountRole(role=role) for role in sorted(set(roles))]
    account.bodies = list(bodies)
    db.session.add(account)
    db.session.flush()
    _send_setup_link(account)
    audit.record("account.create", "account", account.public_id, detail={"roles": sorted(account.role_values)})
    return account


def update_account(account: Account, *, name: str, roles: Iterable[Role], bodies: Iterable[Body]) -> None:
    """Change name, roles and bodies; the last administrator keeps that role."""
    require("account.manage", account)
    lock(db.session, account)
    wanted = {role.value for role in roles}
    if Role.ADMINISTRATOR.value not in wanted:
        _keep_an_administrator(account)
    before = sorted(account.role_values)
    account.name = name
    account.roles = [r for r in account.roles if r.role.value in wanted] + [
        AccountRole(role=Role(value)) for value in sorted(wanted - account.role_values)
    ]
    account.bodies = list(bodies)
    db.session.flush()
    detail = {
        "roles_before": before,
        "roles": sorted(wanted),
        "bodies": sorted(body.public_id for body in account.bodies),
    }
    audit.record("account.update", "account", account.public_id, detail=detail)


def deactivate(account: Account) -> None:
    """Close an account and end its sessions; raises ConflictError for the last administrator."""
    require("account.manage", account)
    lock(db.session, account)
    _keep_an_administrator(account)
    account.active = False
    end_everywhere(SessionKind.STAFF, str(account.id))
    audit.record("account.deactivate", "account", account.public_id)
    db.session.flush()


def activate(account: Account) -> None:
    """Open a closed account again; password and second factor are set anew through a link."""
    require("account.manage", account)
    lock(db.session, account)
    account.active = True
    audit.record("account.activate", "account", account.public_id)
    reset(account)


def reset(account: Account) -> None:
    """Take away password and second factor, end the sessions and mail a new set-up link."""
    require("account.manage", account)
    lock(db.session, account)
    account.password_hash = account.totp_secret = None
    # the counter moves so that links from before this reset die too
    account.totp_last_counter += 1
    end_everywhere(SessionKind.STAFF, str(account.id))
    _send_setup_link(account)
    audit.record("account.reset", "account", account.public_id)
    db.session.flush()


def complete_setup(token: str, *, password: str, code: str) -> Account:
    """Set password and second factor through a set-up link, which this uses up."""
    account = lock(db.session, setup_link.account_of(token))
    account = setup_link.account_of(token)
    secret = second_factor.derive_secret(token)
    counter = second_factor.counter_of(secret, code)
    if counter is None:
        raise SignInRefusedError("wrong-code")
    _refuse_weak(account, password)
    account.password_hash, account.totp_secret = passwords.hash_password(password), secret
    account.totp_last_counter = counter
    end_everywhere(SessionKind.STAFF, str(account.id))
    audit.record("account.set_up", "account", account.public_id)
    db.session.flush()
    return account


def change_password(account: Account, *, old: str, new: str) -> None:
    """Change one's own password; every session ends."""
    if not passwords.matches(account.password_hash, old):
        raise SignInRefusedError("wrong-password")
    _refuse_weak(account, new)
    account.password_hash = passwords.hash_password(new)
    end_everywhere(SessionKind.STAFF, str(account.id))
    audit.record("account.change_password", "account", account.public_id)
    db.session.flush()


def check_password(email: str, password: str) -> Account:
    """First step of signing in; the same work and the same refusal whether the account exists or not."""
    account = find_account_by_email(email)
    stored = account.password_hash if account is not None and account.active and account.totp_secret else None
    if not passwords.matches(stored, password) or account is None:
        raise SignInRefusedError("wrong-password", account=account)
    if passwords.is_outdated(account.password_hash or ""):
        account.password_hash = passwords.hash_password(password)
    return account


def check_code(account: Account, code: str) -> None:
    """Second step of signing in; a code counts once."""
    if not account.active or not second_factor.use_code(account, code):
        raise SignInRefusedError("wrong-code", account=account)
    audit.record("account.sign_in", "account", account.public_id)


def sign_out_everywhere(account: Account) -> None:
    """End all sessions of an account."""
    end_everywhere(SessionKind.STAFF, str(account.id))
    audit.record("account.sign_out_everywhere", "account", account.public_id)


def save_body(body: Body | None, *, name: str, kind: BodyKind, may_commission: bool, may_decide: bool) -> Body:
    """Create or change a body; raises ConflictError when the name is taken."""
    require("body.manage", body)
    begin_write(db.session)
    taken = db.session.scalars(select(Body).where(Body.name == name)).first()
    if taken is not None and taken is not body:
        raise ConflictError("body-exists")
    body = body or Body()
    body.name, body.kind, body.may_commission, body.may_decide = name, kind, may_commission, may_decide
    db.session.add(body)
    db.session.flush()
    audit.record("body.save", "body", body.public_id, detail={"name": name, "kind": kind.value})
    return body


def _refuse_weak(account: Account, password: str) -> None:
    found: Sequence[str] = passwords.faults(password, account.name, account.email, account.email.partition("@")[0])
    if found:
        raise WeakPasswordError("weak-password", faults=list(found))


def _keep_an_administrator(account: Account) -> None:
    others = (
        select(func.count())
        .select_from(Account)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(Account.active, AccountRole.role == Role.ADMINISTRATOR, Account.id != account.id)
    )
    if Role.ADMINISTRATOR.value in account.role_values and not db.session.scalar(others):
        raise ConflictError("last-administrator")


def _send_setup_link(account: Account) -> None:
    key = f"account-setup:{account.public_id}:{clock.now().isoformat()}"
    outbox.post("accounts.setup", Recipient("account", account.id, {}, key))
