"""The edges of the upkeep: its jobs and its commands."""
