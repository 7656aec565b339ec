"""How well the panel mirrors the municipality: what the worker computes, and how a page says it."""
