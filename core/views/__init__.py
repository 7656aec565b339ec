"""The pages of the ground floor: signing in, administration, and what machines ask a site for."""

from flask import Blueprint

from core.accounts import mails, permissions
from core.views.accounts import blueprint as accounts
from core.views.administration import blueprint as administration
from core.views.site import blueprint as site

# loading these registers the mails and the permissions of the ground floor
REGISTERED = (mails, permissions)
BLUEPRINTS: list[Blueprint] = [accounts, administration, site]
