"""Commands of the upkeep: what a rule would touch, executing it, and mails that came back."""

import sys
from pathlib import Path

import click

from core.db import db
from panel.models import UpkeepRule
from panel.queries import upkeep as queries
from panel.services import bounces, upkeep


@click.command("upkeep")
@click.argument("rule", type=click.Choice([rule.value for rule in UpkeepRule]))
@click.option("--run", "execute", is_flag=True, help="Execute the rule now instead of showing whom it would touch.")
def keep_up(rule: str, execute: bool) -> None:
    """Print the member numbers that a rule would touch now, or execute it with a progress bar."""
    kind = UpkeepRule(rule)
    if not execute:
        for number in db.session.scalars(queries.due(kind)):
            click.echo(str(number))
        return
    run = upkeep.order(kind)
    db.session.commit()
    if run is None:
        click.echo("nobody is touched")
        return
    with click.progressbar(length=run.planned, label=rule) as bar:
        last = before = 0
        while last := upkeep.step(run, last):
            db.session.commit()
            bar.update(run.touched - before)
            before = run.touched
    db.session.commit()
    click.echo(f"{run.touched} members touched")


@click.command("read-bounces")
@click.argument("source", type=click.Path(exists=True, path_type=Path), required=False)
def read_bounces(source: Path | None) -> None:
    """Count delivery reports (RFC 3464): every file of a folder, one file, or one report on standard input."""
    if source is None:
        raws = [sys.stdin.buffer.read()]
    else:
        files = sorted(f for f in source.iterdir() if f.is_file()) if source.is_dir() else [source]
        raws = [file.read_bytes() for file in files]
    counted = sum(bounces.note_report(raw) for raw in raws)
    db.session.commit()
    click.echo(f"{counted} of {len(raws)} counted")
