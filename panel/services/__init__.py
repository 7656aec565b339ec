"""Writes of the panel: one verb function per use case; nothing here commits."""
