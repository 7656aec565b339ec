"""Time the product against its goals and its peers, in one run: raking, and the CPU of an answered page."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = (
    ("benchmarks.raking",),
    ("benchmarks.answering", "sqlite"),
    ("benchmarks.answering", "postgresql"),
)


def main() -> int:
    """Run every benchmark in a process of its own, with one thread for linear algebra."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    worst = 0
    for name, *arguments in BENCHMARKS:
        print(f"\n=== {' '.join((name.rpartition('.')[2], *arguments))} ===", flush=True)
        command = [sys.executable, "-m", name, *arguments]
        # the product logs every request to standard error: kept apart, shown only when something went wrong
        done = subprocess.run(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            print(done.stderr[-4000:])
        worst |= done.returncode
    return worst


if __name__ == "__main__":
    sys.exit(main())
