"""What one package announces and a higher one listens to, without the lower knowing the higher."""

from collections.abc import Callable
from typing import Any

Listener = Callable[..., object]
_listeners: dict[str, list[Listener]] = {}


def subscribe(event: str, listener: Listener) -> None:
    """Call `listener` with the values of each announcement of `event`; subscribing twice is once."""
    known = _listeners.setdefault(event, [])
    if listener not in known:
        known.append(listener)


def announce(event: str, **values: Any) -> None:
    """Tell who listens, in the current transaction."""
    for listener in _listeners.get(event, []):
        listener(**values)
