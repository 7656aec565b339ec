"""From closed responses to one result document; only the worker and the command line import this package."""
