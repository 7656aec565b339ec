"""Fail when the tests reach less of the code than agreed: all of it where mistakes weigh most, else nine tenths."""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WHOLE = re.compile(r"^analysis/|/(lifecycle|permissions)\.py$|/routing/")
LEAST = 90.0
PACKAGES = ("core", "panel", "surveys", "feedback", "portal")

Files = dict[str, dict[str, Any]]


def main(report: Path) -> int:
    """Print the table and say what falls short."""
    files: Files = json.loads(report.read_text(encoding="utf-8"))["files"]
    for name, share in table(files).items():
        print(f"{name:12} {share:5.1f} % of lines and branches")
    faults = list(shortfalls(files))
    print(*faults, sep="\n")
    return int(bool(faults))


def table(files: Files) -> dict[str, float]:
    """The share that is reached, per package."""
    reached: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name, found in files.items():
        summary, counts = found["summary"], reached[name.partition("/")[0]]
        counts[0] += summary["covered_lines"] + summary.get("covered_branches", 0)
        counts[1] += summary["num_statements"] + summary.get("num_branches", 0)
    return {name: 100 * part / whole if whole else 100.0 for name, (part, whole) in sorted(reached.items())}


def shortfalls(files: Files) -> Iterator[str]:
    """Every file that must be reached whole and is not, every package under its bound or not measured."""
    for name, found in sorted(files.items()):
        summary = found["summary"]
        if WHOLE.search(name) and (summary["missing_lines"] or summary.get("missing_branches", 0)):
            yield f"{name}: must be reached whole; lines {found['missing_lines']}, {found.get('missing_branches', [])}"
    shares = table(files)
    for package in PACKAGES:
        if shares.get(package, 0.0) < LEAST:
            yield f"{package}: {shares.get(package, 0.0):.1f} %, at least {LEAST:.0f} %"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
