"""Who may reach an endpoint: every view declares its audience with `@allow`; what is not declared is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ParamSpec, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from core.permissions import permitted
from core.web import visitors

P = ParamSpec("P")
R = TypeVar("R")


class Audience(StrEnum):
    """Who an endpoint is for."""

    PUBLIC = "public"
    MEMBER = "member"
    INVITATION = "invitation"
    STAFF = "staff"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Declaration:
    """What a view declared."""

    audience: Audience
    permission: str | None = None


def allow(audience: Audience, permission: str | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare the audience of a view, and for staff the permission (a verb on a thing) that opens it."""
    if audience is Audience.STAFF and permission is None:
        raise ValueError("a staff view names its permission")

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.declaration = Declaration(audience, permission)  # type: ignore[attr-defined]  # a mark for the guard
        return view

    return mark


def declaration_of(endpoint: str) -> Declaration | None:
    """The declaration of an endpoint, or None (which refuses everybody)."""
    if endpoint == "static":
        return Declaration(Audience.PUBLIC)
    view = current_app.view_functions.get(endpoint)
    found = getattr(view, "declaration", None)
    return found if isinstance(found, Declaration) else None


SIGN_IN = {Audience.MEMBER: "panel_member.sign_in", Audience.STAFF: "accounts.sign_in"}


def guard() -> Response | None:
    """Before each request: load the visitor for the endpoint's audience and refuse who does not belong there."""
    if request.endpoint is None:
        visitors.load(None)
        return None
    declaration = declaration_of(request.endpoint)
    if declaration is None:
        abort(403)
    visitor = visitors.load(declaration.audience.value)
    if declaration.audience is not Audience.PUBLIC and visitor.kind != declaration.audience.value:
        sign_in = SIGN_IN.get(declaration.audience)
        if sign_in is None:
            abort(410)
        return redirect(url_for(sign_in, next=request.full_path if request.method == "GET" else None))
    if declaration.permission and not permitted(declaration.permission):
        abort(403)
    return None


def init_app(app: Flask) -> None:
    """Guard every request of the application."""
    app.before_request(guard)
