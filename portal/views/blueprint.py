"""The one blueprint of the portal."""

from flask import Blueprint

blueprint = Blueprint("portal", __name__)
