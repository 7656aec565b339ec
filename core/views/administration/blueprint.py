"""The one blueprint of administration, and what its pages share."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

blueprint = Blueprint("administration", __name__, url_prefix="/beheer")
Page = str | tuple[str, int] | Response


def page_number() -> int:
    """The page somebody asks for; nonsense is page one."""
    return max(1, min(request.args.get("pagina", 1, type=int), 100_000))


def page_links(endpoint: str) -> Callable[[int], str]:
    """Links to the pages of a list with the same filters."""
    kept = {key: value for key, value in request.args.items() if key != "pagina" and value}
    address = url_for(endpoint)
    return lambda number: f"{address}?{urlencode({**kept, 'pagina': number})}"
