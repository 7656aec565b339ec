"""Command lines of results: those of the product's own waves, and those for an analyst with files from elsewhere."""

from feedback.cli.analysis import ANALYSIS
from feedback.cli.rebuild import GROUP

__all__ = ["ANALYSIS", "GROUP"]
