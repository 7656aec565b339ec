"""Command line for an analyst with files from elsewhere. No database; the numbers load only when a command runs."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

READABLE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
WRITABLE = click.Path(dir_okay=False, writable=True, path_type=Path)
EXIT_CODES = """
Nothing is written unless everything succeeds. Exit codes: 0 done, 2 wrong use of the command, 3 a fault in a file
(every fault is listed by line and column), 4 the numbers refuse (with what would mend it), 5 a file cannot be written.
"""
Progress = Callable[[str, float], None]

ANALYSIS = AppGroup("analysis", help="Weigh and tabulate files from elsewhere; no database is used.")


class FileFaultsError(click.ClickException):
    """A file or the plan has faults."""

    exit_code = 3


class NumbersRefuseError(click.ClickException):
    """The files are well-formed, but what is asked of them cannot be computed."""

    exit_code = 4


class CannotWriteError(click.ClickException):
    """A file could not be read or written."""

    exit_code = 5


@ANALYSIS.command("weigh", with_appcontext=False, epilog=EXIT_CODES)
@click.argument("data", type=READABLE)
@click.option("--margins", required=True, type=READABLE, help="CSV with the population figures.")
@click.option("--plan", required=True, type=READABLE, help="TOML with the weighting plan.")
@click.option("--out", required=True, type=WRITABLE, help="CSV to write: the data with weights added.")
@click.option("--report", required=True, type=WRITABLE, help="HTML to write: the report, in Dutch.")
def weigh(data: Path, margins: Path, plan: Path, out: Path, report: Path) -> None:
    """Weigh the respondents in DATA to population margins, by a plan.

    DATA is a CSV file with one row per respondent. The format of all files is described in docs/analyst-files.md.
    """
    _refuse_overwriting((data, margins, plan), (out, report))
    running: Any = import_module("feedback.analyst.running")
    with _progress("Weighing") as progress, _told():
        done = running.weigh_files(data, margins, plan, out, report, progress)
    click.echo(done)


@ANALYSIS.command("tables", with_appcontext=False, epilog=EXIT_CODES)
@click.argument("weighted", type=READABLE)
@click.option("--plan", required=True, type=READABLE, help="TOML with the plan of the tables.")
@click.option("--out", required=True, type=WRITABLE, help="CSV to write: every figure, in one long table.")
@click.option("--report", required=True, type=WRITABLE, help="HTML to write: the report, in Dutch.")
def tables(weighted: Path, plan: Path, out: Path, report: Path) -> None:
    """Tabulate the answers in WEIGHTED, a file with weights, by a plan.

    Standard errors know of the calibration when the plan holds the weighting that made the weights. Groups that are
    too small are withheld, and differences are named only when the guard against chance lets them through.
    """
    _refuse_overwriting((weighted, plan), (out, report))
    running: Any = import_module("feedback.analyst.running")
    with _progress("Tabulating") as progress, _told():
        done = running.tabulate_files(weighted, plan, out, report, progress)
    click.echo(done)


def _refuse_overwriting(given: tuple[Path, ...], written: tuple[Path, ...]) -> None:
    places = [path.resolve() for path in (*given, *written)]
    for path in written:
        if places.count(path.resolve()) > 1:
            raise click.UsageError(f"{path} is named twice; nothing that is read is written over")
        if not path.parent.is_dir():
            raise click.UsageError(f"the folder of {path} does not exist")


@contextmanager
def _progress(label: str) -> Iterator[Progress]:
    """A bar on the error stream, so that what a command prints can be piped."""
    with click.progressbar(length=1000, label=label, file=sys.stderr, item_show_func=lambda step: step) as bar:

        def advance(step: str, done: float) -> None:
            bar.update(max(0, int(done * 1000) - bar.pos), step)

        yield advance
        bar.update(1000 - bar.pos, "done")


@contextmanager
def _told() -> Iterator[None]:
    """Turn what files and numbers refuse into plain sentences and an exit code."""
    faults: Any = import_module("feedback.analyst.faults")
    telling: Any = import_module("feedback.analyst.telling")
    try:
        yield
    except (faults.FileRefusedError, faults.PlanRefusedError) as error:
        raise FileFaultsError(telling.tell(error)) from error
    except telling.REFUSALS as error:
        raise NumbersRefuseError(telling.tell(error)) from error
    except OSError as error:
        raise CannotWriteError(f"nothing was written: {error.strerror or error}: {error.filename or ''}") from error
