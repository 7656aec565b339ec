"""The pages that cross packages."""

from flask import Blueprint

from portal import navigation, permissions
from portal.views import boards, calendar, mailbox, mine, public
from portal.views.blueprint import blueprint

BLUEPRINTS: list[Blueprint] = [blueprint]

__all__ = ["BLUEPRINTS", "boards", "calendar", "mailbox", "mine", "navigation", "permissions", "public"]
