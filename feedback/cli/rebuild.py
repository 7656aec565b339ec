"""Command line of results. The numbers are loaded only when a command runs: the web process stays light."""

from importlib import import_module
from typing import Any

import click
from flask.cli import AppGroup

from core.errors import NotFoundError

GROUP = AppGroup("feedback", help="Results and feedback.")


@GROUP.command("rebuild")
@click.argument("slug")
def rebuild(slug: str) -> None:
    """Compute the results of a wave again and compare them with what was published."""
    rebuilding: Any = import_module("feedback.rebuilding")
    try:
        found = rebuilding.rebuild(slug)
    except NotFoundError as error:
        raise click.ClickException(f"no results of {slug}") from error
    if found.note:
        click.echo(found.note)
    if not found.same:
        raise click.ClickException("the results differ from what was published")
    click.echo(f"same {found.size} bytes, SHA-256 {found.digest}")
