"""Factories of the feedback package."""
