"""The pages of results and feedback."""

from flask import Blueprint

from feedback import mails, permissions
from feedback.views import clerk, council, public, unsubscribe

BLUEPRINTS: list[Blueprint] = [public.blueprint, clerk.blueprint, council.blueprint, unsubscribe.blueprint]

__all__ = ["BLUEPRINTS", "mails", "permissions"]
