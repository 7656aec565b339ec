"""The blueprints of the panel: joining, a member's own pages, the clerk's pages."""

from flask import Blueprint

PUBLIC = Blueprint("panel_public", "panel")
MEMBER = Blueprint("panel_member", "panel")
CLERK = Blueprint("panel_clerk", "panel")
