"""The mechanism of permissions: named as verbs on things, granted by predicates, denied by default.

Each package registers its own map; docs/permissions.md is printed from the registry.
"""

from collections.abc import Callable
from typing import Any

from core import actor as acting
from core.actor import Actor
from core.errors import NotPermittedError

Predicate = Callable[[Actor, Any], bool]
_map: dict[str, tuple[Predicate, ...]] = {}


def register(mapping: dict[str, tuple[Predicate, ...]]) -> None:
    """Add a package's map: permission → predicates of which one must hold; a name given twice is refused."""
    for name, predicates in mapping.items():
        if name in _map and _map[name] != predicates:
            raise ValueError(f"permission {name} is registered twice")
        _map[name] = predicates


def permitted(permission: str, thing: Any = None, actor: Actor | None = None) -> bool:
    """Whether the actor may do this to the thing; an unknown permission is a programming error (KeyError)."""
    who = actor or acting.current()
    return who.kind == "system" or any(predicate(who, thing) for predicate in _map[permission])


def require(permission: str, thing: Any = None) -> None:
    """Raise NotPermittedError unless the current actor may do this."""
    if not permitted(permission, thing):
        raise NotPermittedError("not-permitted", permission=permission)


def registered() -> dict[str, tuple[Predicate, ...]]:
    """Every permission and its predicates, for the printed matrix."""
    return dict(_map)


def role(*roles: str) -> Predicate:
    """Predicate: a staff member with one of these roles."""

    def has_role(actor: Actor, _thing: Any) -> bool:
        return actor.kind == "staff" and actor.has_role(*roles)

    has_role.__name__ = "role:" + "|".join(roles)
    return has_role
