"""Run everything that decides landing, on both engines, with the browser; print the tests per engine last."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from ctypes.util import find_library
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTEST = [sys.executable, "-m", "pytest"]
REPORT = ROOT / ".coverage.json"
PACKAGES = ("core", "panel", "surveys", "analysis", "feedback", "portal", "app")
COVERAGE = [*(f"--cov={name}" for name in PACKAGES), "--cov-branch", f"--cov-report=json:{REPORT}"]
NEEDS = {
    "chromium": ("a browser for the browser tests", ["chromium"]),
    "pango": ("Pango for the letters", ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]),
    "fonts": ("a font for letters and screenshots", ["fonts-dejavu-core"]),
    "pdftoppm": ("poppler to read the letters back", ["poppler-utils"]),
}


def missing() -> list[str]:
    """The preconditions that this machine lacks."""
    absent = []
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        absent.append("chromium")
    if not (find_library("pango-1.0") and find_library("pangoft2-1.0")):
        absent.append("pango")
    if not Path("/usr/share/fonts").exists():
        absent.append("fonts")
    if not shutil.which("pdftoppm"):
        absent.append("pdftoppm")
    return absent


def install(absent: list[str]) -> None:
    """Install through apt where that is allowed, or say in one sentence what is missing and fail."""
    packages = [package for name in absent for package in NEEDS[name][1]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=environment, stdout=subprocess.DEVNULL, check=False)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    still = missing()
    if still:
        wanted = "; ".join(f"{NEEDS[name][0]} ({' '.join(NEEDS[name][1])})" for name in still)
        sys.exit(f"make test needs {wanted}: install it as root with apt-get install and run again.")


def run(name: str, arguments: list[str], engine: str) -> tuple[int, str, float]:
    """Run pytest once and return exit code, closing line and seconds."""
    began = time.monotonic()
    environment = {**os.environ, "TEST_ENGINE": engine, "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [*PYTEST, *arguments], cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    last = ""
    assert process.stdout is not None
    for line in process.stdout:
        print(f"[{name}] {line}", end="", flush=True)
        if re.search(r"\d+ (passed|failed|error)", line):
            last = line.strip()
    return process.wait(), last, time.monotonic() - began


def lanes(*, slow: bool) -> list[tuple[str, list[str], str]]:
    """Which pytest runs there are: name, arguments, engine."""
    fast = ["-m", "not slow and not browser", "-n", "2"]
    both = ["tests/integration", "tests/guards"]
    if slow:
        # measuring takes half as long again, so the gate on coverage stands in the long lane
        measured = [*fast, "tests/unit", "tests/reference", *both, *COVERAGE]
        return [
            *((f"slow-{e}", ["-m", "slow", "tests"], e) for e in ("sqlite", "postgresql")),
            ("coverage", measured, "sqlite"),
        ]
    return [
        ("sqlite", [*fast, "tests/unit", "tests/reference", *both], "sqlite"),
        ("postgresql", [*fast, *both], "postgresql"),
        ("browser-sqlite", ["-m", "browser and not slow", "tests"], "sqlite"),
        ("browser-postgresql", ["-m", "browser and not slow", "tests/e2e/test_chain.py"], "postgresql"),
    ]


def main() -> int:
    """Run the lanes; every one must pass and must have run something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slow", action="store_true", help="the long lane: simulations and crash rounds")
    options = parser.parse_args()
    absent = missing()
    if absent:
        install(absent)
    results = [(name, *run(name, arguments, engine)) for name, arguments, engine in lanes(slow=options.slow)]
    print("\n=== tests per engine ===")
    failed = 0
    total = {"passed": 0, "failed": 0}
    for name, code, last, seconds in results:
        good = int((re.search(r"(\d+) passed", last) or ["0", "0"])[1])
        bad = sum(int(n) for n in re.findall(r"(\d+) (?:failed|error)", last))
        bad += int(code != 0 and bad == 0)
        bad += int(good == 0 and bad == 0)
        total["passed"] += good
        total["failed"] += bad
        failed |= int(code != 0 or bad > 0)
        print(f"{name:20} {good:5} passed {bad:4} failed  {seconds:6.0f} s")
    print(f"{total['passed']} passed, {total['failed']} failed")
    return failed | (gate() if options.slow else 0)


def gate() -> int:
    """Hold the coverage that was just measured against what was agreed."""
    return subprocess.call([sys.executable, str(ROOT / "tools" / "coverage_gate.py"), str(REPORT)])


if __name__ == "__main__":
    sys.exit(main())
