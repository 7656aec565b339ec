"""What people type, without the characters that nobody types: they break databases, pages and mails further on."""

import re
from collections.abc import Iterable
from typing import Any

from flask import Flask, Request, abort, request
from werkzeug.datastructures import ImmutableMultiDict

# control characters but tab and line breaks, and code points that are no characters; they come along with pasted text
UNTYPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


def clean(value: Any) -> Any:
    """The text without characters that nobody types; other values (files) as they are."""
    return UNTYPED.sub("", value) if isinstance(value, str) else value


class Typed(ImmutableMultiDict[str, Any]):
    """The values of a form or a query, cleaned."""

    def __init__(self, mapping: Iterable[Any] | None = None) -> None:
        given: ImmutableMultiDict[str, Any] = ImmutableMultiDict(mapping)
        super().__init__([(clean(name), clean(value)) for name, value in given.items(multi=True)])


class CleanRequest(Request):
    """A request whose form and query hold only what somebody can have typed."""

    parameter_storage_class = Typed


def refuse_odd_path() -> None:
    """An address with such a character never was one of ours."""
    if UNTYPED.search(request.path):
        abort(404)


def init_app(app: Flask) -> None:
    """Clean every request of the application."""
    app.request_class = CleanRequest
    app.before_request(refuse_odd_path)
