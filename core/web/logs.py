"""One JSON line per request: id, method, path without secrets, status, milliseconds. Never a name or an address."""

import json
import logging
import re
import sys
import time
import uuid
from typing import Any

import structlog
from flask import Flask, Response, g, request

# what follows these path parts is a personal link or a one-time code
# (wherever they stand and however they are written: a mistyped link is a link too)
LINKS = "v|afmelden|wachtlijst|weer-meedoen|geen-mails|ondertekenen|instellen|code|gestopt"
SECRET_PATH = re.compile(rf"(?:^|/)({LINKS})/+[^/].*", re.IGNORECASE)

log = structlog.get_logger("panel")
# made once: json.dumps makes a new one for every line that is not plain ASCII
_encoder = json.JSONEncoder(ensure_ascii=False, default=repr)


class FaultFormatter(logging.Formatter):
    """JSON lines for what the worker and the libraries log: of an exception only what `fault` keeps."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the record as one line."""
        values: dict[str, Any] = {"event": record.getMessage(), "logger": record.name, "level": record.levelname}
        error = record.exc_info[1] if record.exc_info else None
        return json.dumps(values | (fault(error) if error else {}), ensure_ascii=False)


def fault(error: BaseException) -> dict[str, Any]:
    """The kind of an exception and where it arose; never its text, which may hold what somebody filled in."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    return {"kind": type(error).__name__, "places": places[-12:]}


def _as_line(values: dict[str, Any], **_options: Any) -> str:
    return _encoder.encode(values)


def configure() -> None:
    """Write JSON lines to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            structlog.processors.JSONRenderer(serializer=_as_line),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _quiet_libraries() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(FaultFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def shown_path(path: str) -> str:
    """The path with personal links and codes taken out."""
    return SECRET_PATH.sub(lambda found: f"/{found[1]}/[token]", path)


def _begin() -> None:
    g.request_id = uuid.uuid4().hex
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    values: dict[str, Any] = {
        "id": g.get("request_id", ""),
        "method": request.method,
        "path": shown_path(request.path),
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
    }
    if request.endpoint != "static":
        log.info("request", **values)
    return response


def crashed(error: BaseException) -> None:
    """Log an unexpected fault with its traceback and the request's id, without the values of variables."""
    log.error("crash", id=g.get("request_id", ""), **fault(error))


def init_app(app: Flask) -> None:
    """Log every request; in tests only what a test asks for."""
    configure()
    if not app.testing:
        _quiet_libraries()
        app.before_request(_begin)
        app.after_request(_end)
