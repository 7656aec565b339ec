"""Shapes of input for commissions, waves and fieldwork."""
