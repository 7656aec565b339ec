"""The blueprints of commissions and design, by the people they serve."""

from flask import Blueprint

council = Blueprint("surveys_council", __name__, url_prefix="/raad")
clerk = Blueprint("surveys_clerk", __name__, url_prefix="/griffie")
outside = Blueprint("surveys_outside", __name__, url_prefix="/ondertekenen")
keys = Blueprint("surveys_keys", __name__, url_prefix="/beheer/sleutels")
public = Blueprint("surveys_public", __name__, url_prefix="/afspraken")
