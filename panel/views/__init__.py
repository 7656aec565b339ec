"""The panel's pages."""

from flask import Blueprint

from panel import mails, permissions
from panel.views import (
    clerk_composition,
    clerk_members,
    clerk_population,
    clerk_recruitment,
    joining,
    member,
    sign_in,
    sign_up,
)
from panel.views.blueprints import CLERK, MEMBER, PUBLIC

BLUEPRINTS: list[Blueprint] = [PUBLIC, MEMBER, CLERK]

__all__ = [
    "BLUEPRINTS",
    "clerk_composition",
    "clerk_members",
    "clerk_population",
    "clerk_recruitment",
    "joining",
    "mails",
    "member",
    "permissions",
    "sign_in",
    "sign_up",
]
