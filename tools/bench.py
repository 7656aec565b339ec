"""Time the product against its goals and its peers, in one run: raking, and the CPU of an answered page."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = ("benchmarks.raking", "benchmarks.answering")


def main() -> int:
    """Run every benchmark in a process of its own, with one thread for linear algebra."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    worst = 0
    for name in BENCHMARKS:
        print(f"\n=== {name.rpartition('.')[2]} ===", flush=True)
        worst |= subprocess.run([sys.executable, "-m", name], cwd=ROOT, env=environment, check=False).returncode
    return worst


if __name__ == "__main__":
    sys.exit(main())
