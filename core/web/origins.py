"""Where a request comes from: forms of other sites are refused, wrong links are counted per network."""

from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from flask import Flask, abort, request

from core import rate_limit
from core.rate_limit import Limit
from core.web import context

SAFE = {"GET", "HEAD", "OPTIONS"}
# mail programs post here with one click, some from a page of their own; it can only stop mail
ONE_CLICK = {"surveys_respondent.opt_out", "feedback_unsubscribe.stop"}
QUARTER = timedelta(minutes=15)
WRONG_LINKS = 60
IPV6_SITE = 64


def refuse_foreign() -> None:
    """Refuse what another site posts, whatever token it carries; a browser always says where a form stood."""
    if request.method in SAFE or request.endpoint in ONE_CLICK:
        return
    source = request.headers.get("Origin") or request.headers.get("Referer")
    own = {request.host, urlsplit(context.config().base_url).netloc}
    if source and urlsplit(source).netloc not in own:
        abort(400)


def network() -> str:
    """The visitor's address as limits count it: a whole IPv6 network is one visitor."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return request.remote_addr or ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, IPV6_SITE), strict=False))
    return str(address)


def count_wrong_link() -> None:
    """Count a link or code in an address that opened nothing; right ones are free, many people share an address."""
    rate_limit.count(Limit("wrong-link", network(), WRONG_LINKS, QUARTER))


def init_app(app: Flask) -> None:
    """Look at every request of the application."""
    app.before_request(refuse_foreign)
