"""Figures with their uncertainty: design, linearization, replicates, intervals and tests."""
