"""The kinds of questions: one class per kind, found through the registry."""

from surveys.questions.base import Kind, Parsed, missing_code
from surveys.questions.registry import all_kinds, check_design, kind_of, parse, show

__all__ = ["Kind", "Parsed", "all_kinds", "check_design", "kind_of", "missing_code", "parse", "show"]
