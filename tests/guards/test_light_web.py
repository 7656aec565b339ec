"""The web process answers pages; what computes and what makes letters is loaded by the worker alone."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("numpy", "scipy", "weasyprint", "pyreadstat")


def loaded_after(statement: str) -> set[str]:
    """The heavy libraries that are in memory after `statement` in a process of its own."""
    code = f"import sys; {statement}; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_web_process_and_help_of_commands_load_no_numbers_and_no_letters() -> None:
    assert loaded_after("import app, click; [g.get_help(click.Context(g)) for g in app.GROUPS]") == set()


def test_guard_sees_what_is_loaded() -> None:
    assert loaded_after("import analysis.arrays") == {"numpy"}
