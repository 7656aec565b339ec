"""Writes of commissions, design and fieldwork: one function per use case."""
