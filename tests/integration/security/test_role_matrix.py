"""Every address times every kind of visitor: expected from what the address declares, tried for real."""

from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.actor import Actor
from core.db import db
from core.models import Account, Role
from core.permissions import permitted
from core.web.access import Audience, Declaration, declaration_of
from tests.integration.security.world import KINDS, World, enter, routes

# who may what, written down apart from the code: a permission that is given to one more role fails here
SECRET = {
    "panel.list_members": {"clerk"},
    "panel.recruit": {"clerk"},
    "publication.read_open_answers": {"analyst"},
    "publication.publish_results": set(),
    "audit.read": {"administrator"},
    "account.manage": {"administrator"},
    "settings.save": {"administrator"},
    "body.manage": {"administrator"},
    "mail.list": {"administrator", "clerk"},
    "wave.edit": {"clerk"},
    "wave.make_ready": {"clerk"},
    "fieldwork.paper": {"clerk"},
    "fieldwork.view": {"clerk", "analyst"},
    "feedback.answer": {"clerk"},
    "publication.weigh": {"clerk", "analyst"},
    "obligation.lift": {"clerk"},
    "wave_key.view": {"clerk", "administrator"},
    "wave_key.recover": {"clerk", "administrator"},
    "commission.edit": {"council"},
    "finding.add": {"council"},
    "statement.sign": {"council"},
}


def actor_of(account: Account) -> Actor:
    bodies = frozenset(body.id for body in account.bodies)
    return Actor(kind="staff", account_id=account.id, roles=account.role_values, bodies=bodies)


def expected(world: World, declared: Declaration, kind: str) -> str:
    """What must come of a request: open, sign-in, refused or gone."""
    if declared.audience is Audience.PUBLIC:
        return "open"
    if declared.audience in (Audience.INVITATION, Audience.OUTSIDE):
        return "open" if kind == declared.audience.value else "gone"
    if declared.audience is Audience.MEMBER:
        return "open" if kind == "member" else "sign-in"
    if kind not in world.accounts:
        return "sign-in"
    may = permitted(str(declared.permission), None, actor_of(world.accounts[kind]))
    return "open" if may else "refused"


def outcome(status: int, location: str) -> str:
    """How an answer is to be read."""
    if (status in (302, 303) and "/inloggen?next=" in location) or location in ("/inloggen", "/medewerkers/inloggen"):
        return "sign-in"
    return {403: "refused", 410: "gone"}.get(status, "open" if status < 500 else "broken")


PUBLIC_GONE = {"surveys_outside.enter", "accounts.set_up"}


def test_every_address_opens_for_whom_it_declares_and_for_nobody_else(
    app: Flask, client: FlaskClient, world: World
) -> None:
    wrong = []
    for rule, method, url in routes(app, world):
        declared = declaration_of(rule.endpoint)
        assert declared is not None
        for kind in KINDS:
            want = expected(world, declared, kind)
            if method == "POST" and want == "open":
                continue
            answer = enter(client, world.session(kind)).open(url, method=method)
            got = outcome(answer.status_code, answer.headers.get("Location", ""))
            if rule.endpoint in PUBLIC_GONE and got == "gone":
                continue
            if got != want and not (declared.audience is Audience.PUBLIC and got == "sign-in"):
                wrong.append((kind, method, url, want, answer.status_code, answer.headers.get("Location", "")))
    assert not wrong


def test_every_form_that_is_open_stands_an_empty_post(app: Flask, client: FlaskClient, world: World) -> None:
    wrong = []
    for rule, method, url in list(routes(app, world)):
        declared = declaration_of(rule.endpoint)
        assert declared is not None
        open_for = [k for k in KINDS if expected(world, declared, k) == "open"]
        if method != "POST" or rule.endpoint in {"panel_member.confirm_leave"}:
            continue
        for kind in open_for[:1] if declared.audience is Audience.PUBLIC else open_for:
            session = world.session(kind)
            status = enter(client, session).post(url, data={}).status_code
            if status >= 500:
                wrong.append((kind, url, status))
    assert not wrong


@pytest.mark.parametrize("permission", sorted(SECRET))
def test_sensitive_permissions_are_for_these_roles_alone(app: Flask, make: SimpleNamespace, permission: str) -> None:
    body = make.core.body()
    accounts = {
        "council": make.core.account(Role.COUNCIL_MEMBER, bodies=[body]),
        "clerk": make.core.account(Role.CLERK),
        "analyst": make.core.account(Role.ANALYST),
        "administrator": make.core.account(Role.ADMINISTRATOR),
    }
    db.session.rollback()
    may = {name for name, account in accounts.items() if permitted(permission, None, actor_of(account))}
    outsiders = [Actor(kind=kind, member_id=1) for kind in ("visitor", "member", "invitation", "outside")]
    assert may == SECRET[permission]
    assert not any(permitted(permission, None, actor) for actor in outsiders)
