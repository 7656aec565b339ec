"""The demonstration: an invented Zeist that reproduces the published figures."""
