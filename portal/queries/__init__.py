"""Reads that cross packages: what the pages of the portal show."""
