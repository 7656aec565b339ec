"""The panel's pages."""

from flask import Blueprint

from panel import mails, permissions
from panel.views import (
    clerk_composition,
    clerk_draws,
    clerk_member_actions,
    clerk_member_life,
    clerk_member_upkeep,
    clerk_members,
    clerk_population,
    clerk_recruitment,
    clerk_recruitment_letters,
    clerk_recruitment_plan,
    clerk_registering,
    consent,
    departures,
    joining,
    member,
    member_life,
    public_draws,
    sign_in,
    sign_up,
)
from panel.views.blueprints import CLERK, MEMBER, PUBLIC

BLUEPRINTS: list[Blueprint] = [PUBLIC, MEMBER, CLERK]

__all__ = [
    "BLUEPRINTS",
    "clerk_composition",
    "clerk_draws",
    "clerk_member_actions",
    "clerk_member_life",
    "clerk_member_upkeep",
    "clerk_members",
    "clerk_population",
    "clerk_recruitment",
    "clerk_recruitment_letters",
    "clerk_recruitment_plan",
    "clerk_registering",
    "consent",
    "departures",
    "joining",
    "mails",
    "member",
    "member_life",
    "permissions",
    "public_draws",
    "sign_in",
    "sign_up",
]
