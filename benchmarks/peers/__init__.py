"""One module per contestant; each runs in a process of its own, with the environment that it needs."""
