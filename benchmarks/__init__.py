"""Timings of the product and of its peers on the same data."""
