"""Commands of the demonstration: load the invented municipality, its ways in, its comparison with the truth, reset.

The demonstration (with NumPy) is loaded only when a command runs: the web process stays light.
"""

import shutil
import time
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import downgrade, upgrade

from core import jobs, settings
from core.config import Config
from core.db import db

GROUP = AppGroup("demo", help="The demonstration: an invented municipality, played through the services.")
WIDTH = 34


def _part(name: str) -> Any:
    return import_module(f"portal.demonstration.{name}")


def _config() -> Config:
    config: Config = current_app.config["PANEL"]
    if not config.demonstration:
        raise click.ClickException("this installation is no demonstration: set PANEL_DEMONSTRATION=1")
    return config


@GROUP.command("start")
def start_command() -> None:
    """Bring the database to the newest state, load the demonstration once and print the ways in."""
    _config()
    upgrade()
    if _part("doors").read() is None:
        load_command.main([], standalone_mode=False)
    doors_command.main([], standalone_mode=False)


@GROUP.command("load")
@click.option("--small", is_flag=True, help="A few hundred members instead of 1,500.")
def load_command(small: bool) -> None:
    """Load the demonstration; does nothing when it is there."""
    _config()
    if _part("doors").read() is not None:
        click.echo("the demonstration is loaded already")
        return
    if settings.latest_version() is not None:
        raise click.ClickException("the database is not empty (or a load was broken off): run `flask demo reset`")
    _load(small=small)


def _load(*, small: bool) -> None:
    jobs.load()
    wall, processor = time.perf_counter(), time.process_time()
    with click.progressbar(length=1, label="VOORBEELD laden", width=WIDTH, item_show_func=_shown) as bar:

        def watch(what: str, done: int, total: int) -> None:
            bar.length = total
            bar.update(done - 1 - bar.pos, what)

        played = _part("playing").play(_part("story.whole").SMALL if small else None, watch)
        bar.update((bar.length or 1) - bar.pos, "klaar")
    _part("doors").keep(played)
    _tell(played.tally, time.perf_counter() - wall, time.process_time() - processor)


def _tell(tally: Any, seconds: float, processor: float) -> None:
    click.echo(f"{tally.members} members, {tally.responses} responses, {tally.pages} pages answered")
    click.echo(f"{tally.mails} mails sent, {seconds:.0f} seconds ({processor:.0f} of processor)")


def _shown(what: str | None) -> str:
    return what or ""


@GROUP.command("doors")
def doors_command() -> None:
    """Print the ways in, with the codes of this moment."""
    _config()
    found = _part("doors").read()
    if found is None:
        raise click.ClickException("not loaded: run `flask demo load`")
    for line in _part("doors").lines(found):
        click.echo(line)


@GROUP.command("check")
def check_command() -> None:
    """Print truth, unweighted, weighted and margin of every figure of which the truth is known."""
    _config()
    found = _part("doors").read()
    if found is None:
        raise click.ClickException("not loaded: run `flask demo load`")
    comparing = _part("comparing")
    for line in comparing.table(comparing.compare(_part("population").draw_population(found.seed))):
        click.echo(line)


@GROUP.command("reset")
@click.option("--small", is_flag=True, help="A few hundred members instead of 1,500.")
@click.confirmation_option(prompt="This destroys everything in the database of this demonstration. Go on?")
def reset_command(small: bool) -> None:
    """Destroy the demonstration and load it anew."""
    config = _config()
    downgrade(revision="base")
    upgrade()
    db.session.remove()
    for folder in (config.keystore, config.recovery_keystore, _mail_folder(config)):
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
    _part("doors").forget()
    _load(small=small)


def _mail_folder(config: Config) -> Path | None:
    parts = urlsplit(config.mail_url)
    return Path(parts.path) if parts.scheme == "folder" else None
