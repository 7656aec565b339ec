"""Which questions somebody gets: conditions as data, read by a small interpreter that never fails."""

from surveys.routing.conditions import holds
from surveys.routing.path import complete, first_unanswered, path
from surveys.routing.static_check import check

__all__ = ["check", "complete", "first_unanswered", "holds", "path"]
