"""Pages of administration (/beheer)."""

from core.views.administration import accounts, audit_log, operations, settings
from core.views.administration.blueprint import blueprint

__all__ = ["accounts", "audit_log", "blueprint", "operations", "settings"]
