"""Time the product beside its peers in one run: `make bench`. Prints tables, writes build/bench.json."""

import datetime
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import data
from benchmarks.report import OURS, Row, faults, row, tables

ROOT = Path(__file__).resolve().parent.parent
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
SECONDS = 300
PEERS = ROOT / ".venv-bench" / "bin" / "python"
BALANCE = ROOT / ".venv-balance" / "bin" / "python"
NOTHING = 1e-9
MISSING = "not present"
ELSEWHERE = {"rimpy": "needs Python 3.12 or later"}
ALONE = (
    ("benchmarks.selection",),
    ("benchmarks.answering", "sqlite"),
    ("benchmarks.answering", "postgresql"),
)


@dataclass(frozen=True)
class Contestant:
    """Who takes part, the program that runs it, and in which tasks."""

    name: str
    command: tuple[str, ...]
    tasks: tuple[str, ...]


def contestants() -> tuple[Contestant, ...]:
    """Return the product and its peers, in the order in which they run."""

    def python(interpreter: Path | str, name: str, *tasks: str) -> Contestant:
        module = "ours" if name == OURS else name
        return Contestant(name, (str(interpreter), "-m", f"benchmarks.peers.{module}"), tasks)

    every = ("raking", "estimation", "replication")
    return (
        python(sys.executable, OURS, *every),
        python(PEERS, "ipfn", "raking"),
        python(PEERS, "weightipy", "raking"),
        python(PEERS, "leafblower", "raking"),
        python(PEERS, "svy", *every),
        python(PEERS, "samplics", "raking", "estimation"),
        python(BALANCE, "balance", "raking"),
        Contestant("R survey", ("Rscript", str(ROOT / "benchmarks" / "peers" / "survey.R")), every),
    )


def main() -> int:
    """Run every task, the product before and after its peers, then what is timed alone."""
    print(machine())
    started = time.monotonic()
    rows: list[Row] = []
    absent = {name: f"{why}; this is {platform.python_version()}" for name, why in ELSEWHERE.items()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data.write(folder)
        for task in ("raking", "estimation", "replication"):
            rows += compete(task, folder, absent)
    is_busy = os.getloadavg()[2] > (os.cpu_count() or 1)
    print("\n".join(tables(rows, is_busy=is_busy)))
    print(f"Judged by {'processor time: the machine had more work than cores' if is_busy else 'wall time'}.")
    for peer, why in absent.items():
        print(f"{peer}: {MISSING} ({why})")
    wrong = faults(rows, is_busy=is_busy)
    print("\n" + "\n".join(wrong or ["Every goal is met and no peer is faster."]))
    alone = [outcome for command in ALONE if (outcome := run_alone(*command))]
    write(rows, absent, wrong, alone)
    print(f"\n{time.monotonic() - started:.0f} seconds; {machine()}")
    return int(any(outcome["code"] for outcome in alone) or not any(r.who == OURS for r in rows))


def compete(task: str, folder: Path, absent: dict[str, str]) -> list[Row]:
    """Let everybody do one task; the product a second time at the end, so that a busy moment hits both sides."""
    chosen = [c for c in contestants() if task in c.tasks]
    found: dict[tuple[str, str, int, str], tuple[str, dict[str, Any]]] = {}
    for contestant in [*chosen, chosen[0]]:
        print(f"{task}: {contestant.name} ...", file=sys.stderr, flush=True)
        version = ""
        for line in lines(contestant, task, folder, absent):
            if "version" in line:
                version = line["version"]
                continue
            key = (contestant.name, line["task"], line["n"], line["call"])
            if key in found:
                for times in ("wall", "processor"):
                    found[key][1][times] += line[times]
            else:
                found[key] = (version, line)
    return [row(key[0], version, line, se_difference(folder, key[0], line)) for key, (version, line) in found.items()]


def lines(contestant: Contestant, task: str, folder: Path, absent: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Run one contestant and read its lines; one that is not installed or fails is reported, never fatal."""
    if shutil.which(contestant.command[0]) is None:
        absent[contestant.name] = "not installed"
        return
    command = [*contestant.command, task, str(folder)]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **ONE_THREAD},
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        output, failure = done.stdout, done.stderr.strip().splitlines()[-1:] if done.returncode else []
    except subprocess.TimeoutExpired as late:
        # what had been written by then comes as bytes, whatever was asked for
        output = late.stdout.decode() if isinstance(late.stdout, bytes) else late.stdout or ""
        failure = [f"more than {SECONDS} seconds"]
    if failure:
        absent[f"{contestant.name}, {task}"] = failure[0]
    yield from (json.loads(line) for line in output.splitlines() if line.startswith("{"))


def se_difference(folder: Path, who: str, line: dict[str, Any]) -> float | None:
    """Largest relative difference between the standard errors and R's for calibrate(), or ours where R is absent."""
    if line["task"] != "estimation":
        return None
    n = line["n"]
    mine = standard_errors(folder, who, n)
    reference = standard_errors(folder, "R survey", n)
    reference = standard_errors(folder, OURS, n) if reference is None else reference
    if mine is None or reference is None:
        return None
    varies = reference > NOTHING  # where all answer alike the error is nought, but for rounding
    return float(np.abs(mine[varies] / reference[varies] - 1).max())


def standard_errors(folder: Path, who: str, n: int) -> np.ndarray[Any, np.dtype[np.float64]] | None:
    """Read what a contestant left behind."""
    if who == "R survey":
        path = folder / f"se_survey_{n}.bin"
        return np.fromfile(path) if path.exists() else None
    path = folder / f"se_{'ours' if who == OURS else who}_{n}.npy"
    return np.asarray(np.load(path), dtype=np.float64).ravel() if path.exists() else None


def run_alone(module: str, *arguments: str) -> dict[str, Any]:
    """Run what has no peer here, in a process of its own."""
    print(f"\n=== {' '.join((module.rpartition('.')[2], *arguments))} ===", flush=True)
    command = [sys.executable, "-m", module, *arguments]
    # the product logs every request to standard error: kept apart, shown only when something went wrong
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **ONE_THREAD}, capture_output=True, text=True, check=False
    )
    print(done.stdout + (done.stderr[-4000:] if done.returncode else ""), flush=True)
    return {"module": module, "arguments": arguments, "code": done.returncode, "output": done.stdout.splitlines()}


def machine() -> str:
    """Name the date, processor, load, and versions."""
    cpu = [line.partition(":")[2].strip() for line in cpu_lines() if line.startswith("model name")]
    load = "/".join(f"{x:.1f}" for x in os.getloadavg())
    now = datetime.datetime.now(tz=datetime.UTC)
    return (
        f"{now:%Y-%m-%d %H:%M} UTC, {cpu[0] if cpu else platform.machine()}, {os.cpu_count()} cores, load {load}, "
        f"Python {platform.python_version()}, NumPy {np.__version__}, one thread for linear algebra"
    )


def cpu_lines() -> list[str]:
    """Return what the system tells about its processors."""
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def write(rows: list[Row], absent: dict[str, str], wrong: list[str], alone: list[dict[str, Any]]) -> None:
    """Leave everything for machines to read."""
    path = ROOT / "build" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    facts = {
        "machine": machine(),
        "rows": [asdict(r) for r in rows],
        "absent": absent,
        "faults": wrong,
        "alone": alone,
    }
    path.write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
