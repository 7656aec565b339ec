"""Print docs/permissions.md from the endpoints and permissions of the application."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app import create_app  # noqa: E402  # the path comes first
from tests.guards.test_endpoints import MATRIX, matrix  # noqa: E402  # the path comes first

if __name__ == "__main__":
    application = create_app()
    with application.app_context():
        MATRIX.write_text(matrix(application), encoding="utf-8")
