"""Every reference case is a test that names it."""

import re
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[1] / "reference"


def test_every_case_is_named_by_a_test():
    named = "\n".join(path.read_text(encoding="utf-8") for path in REFERENCE.glob("test_*.py"))
    cases = {path.stem for path in (REFERENCE / "cases").glob("*.json")}
    assert len(cases) == 49
    assert {case for case in cases if not re.search(rf"\b(test_)?{case}(\b|_)", named)} == set()
