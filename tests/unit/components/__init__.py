"""The macros of templates/components."""
