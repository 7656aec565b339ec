"""Time one call again and again, and tell the driver in one line of JSON."""

import gc
import json
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

Result = TypeVar("Result")
MOST_REPEATS = 25
LEAST_REPEATS = 3
BUDGET = 3.0
MEGABYTE = 1024.0


def timed(work: Callable[[], Any], repeats: int = MOST_REPEATS, budget: float = BUDGET) -> dict[str, Any]:
    """Milliseconds of wall and of processor (all threads) per call, after one call that does not count.

    Stops after `repeats` calls, or earlier when `budget` seconds have gone and three calls were made.
    """
    work()
    wall: list[float] = []
    processor: list[float] = []
    end = time.perf_counter() + budget
    gc.collect()
    while len(wall) < repeats and (len(wall) < LEAST_REPEATS or time.perf_counter() < end):
        start, used = time.perf_counter(), time.process_time()
        work()
        wall.append(1000 * (time.perf_counter() - start))
        processor.append(1000 * (time.process_time() - used))
    return {"wall": wall, "processor": processor}


def once(work: Callable[[], Result]) -> tuple[Result, dict[str, Any]]:
    """Time a single call, for work that takes seconds."""
    start, used = time.perf_counter(), time.process_time()
    made = work()
    wall, processor = time.perf_counter() - start, time.process_time() - used
    return made, {"wall": [1000 * wall], "processor": [1000 * processor]}


def first(work: Callable[[], Result]) -> tuple[Result, float]:
    """Return what a first call makes, and by how many megabytes resident memory grew at its peak."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before = _status("VmRSS")
    made = work()
    return made, max(0.0, _status("VmHWM") - before)


def loosest(criteria: Iterable[float], error: Callable[[float], float], target: float) -> float:
    """Return the first criterion, from loose to strict, whose answer is within `target`; the last if none is."""
    chosen = 0.0
    for criterion in criteria:
        chosen = criterion
        if error(criterion) <= target:
            break
    return chosen


def tell(task: str, n: int, call: str, **facts: Any) -> None:
    """Print one result."""
    print(json.dumps({"task": task, "n": n, "call": call, **facts}), flush=True)


def contest(package: str, tasks: dict[str, Callable[[Path], None]]) -> None:
    """Run the task named on the command line: `python -m benchmarks.peers.NAME TASK FOLDER`."""
    task, folder = sys.argv[1], Path(sys.argv[2])
    print(json.dumps({"version": version(package) if package else ""}), flush=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tasks[task](folder)


def _status(field: str) -> float:
    """Read a memory figure of this process in megabytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return float(line.split()[1]) / MEGABYTE
    return 0.0
