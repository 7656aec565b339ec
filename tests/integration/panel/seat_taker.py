"""A process that types codes of address letters, one transaction each; prints what came of each."""

import json
import sys

from app import create_app
from core.db import db
from panel.services import joining


def main() -> None:
    """Type the codes of the first argument."""
    with create_app().app_context():
        print("ready", flush=True)
        sys.stdin.readline()
        outcomes = []
        for code in json.loads(sys.argv[1]):
            outcomes.append(joining.confirm_address(code).status.value)
            db.session.commit()
        print(json.dumps(outcomes), flush=True)


if __name__ == "__main__":
    main()
