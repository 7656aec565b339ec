"""Who may see the boards of the portal."""

from core.permissions import register, role

register({"board.view": (role("clerk", "analyst"),)})
