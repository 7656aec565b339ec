"""Prints every address of the product that can be fetched, as JSON: rule and endpoint."""

import json

from app import create_app


def main() -> None:
    """Print the rules."""
    rules = [(r.rule, r.endpoint) for r in create_app().url_map.iter_rules() if "GET" in (r.methods or ())]
    print(json.dumps(rules))


if __name__ == "__main__":
    main()
