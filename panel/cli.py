"""Commands of the panel."""

import sys
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from core import jobs, settings
from core.db import db
from core.errors import DomainError, ImportRefusedError
from panel.models import SetKind
from panel.queries.snapshots import COMPOSITION_JOB, COMPOSITION_STEPS, newest_snapshot
from panel.services import population, recruitment
from panel.services.population import importing
from panel.upkeep import cli as upkeep_cli

GROUP = AppGroup("panel", help="Population, recruitment and members.")
WHOLE = 1000
KINDS = [kind.value for kind in SetKind if kind is not SetKind.SHIPPED]
GROUP.add_command(upkeep_cli.keep_up)
GROUP.add_command(upkeep_cli.read_bounces)


@GROUP.command("load-population")
@click.option("--gm", "gm_code", required=True, help="CBS code of the municipality, for example GM0355.")
def load_population(gm_code: str) -> None:
    """Load the shipped population figures of a municipality."""
    try:
        loaded = population.load_shipped(gm_code)
    except DomainError as error:
        raise click.ClickException(f"{error.code}: {error.params}") from error
    db.session.commit()
    click.echo(f"{loaded.figures} figures, {loaded.areas} areas")


@GROUP.command("import-population")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What the file is.")
@click.option(
    "--year", type=click.IntRange(2010, 2100), required=True, help="The figures are of 1 January of this year."
)
@click.option("--gm", "gm_code", default="", help="CBS code of the municipality; that of the settings by default.")
@click.option("--choose", is_flag=True, help="Let these figures count from now on.")
def import_population(file: Path, kind: str, year: int, gm_code: str, *, choose: bool) -> None:
    """Take in a file of Statistics Netherlands, all of it or nothing."""
    source = importing.Source(file, SetKind(kind), gm_code or settings.municipal().gm_code, year, file.name)
    try:
        with click.progressbar(length=WHOLE, label=file.name) as bar:
            made = importing.take_in(source, lambda done, total: bar.update(WHOLE * done // max(total, 1) - bar.pos))
            bar.update(WHOLE - bar.pos)
    except ImportRefusedError as refused:
        click.echo(err=True)
        for fault in refused.errors:
            click.echo(f"line {fault.line or '-'}, {fault.column or '-'}: {fault.message}", err=True)
        sys.exit(1)
    if choose:
        population.choose(made)
    db.session.commit()
    click.echo(
        f"{made.rows} figures of {made.gm_code}, {made.reference}; {'count now' if choose else 'not chosen yet'}"
    )
    for remark in made.remarks:
        click.echo(remark)


@GROUP.command("import-sample")
@click.argument("round_name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--letter-on", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--respond-by", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--delete-on", type=click.DateTime(["%Y-%m-%d"]), required=True)
def import_sample(round_name: str, file: Path, letter_on: datetime, respond_by: datetime, delete_on: datetime) -> None:
    """Start a round with the persons of a sample file."""
    try:
        started = recruitment.create_round(
            name=round_name,
            letter_on=letter_on.date(),
            respond_by=respond_by.date(),
            sample_delete_on=delete_on.date(),
        )
        taken = recruitment.import_sample(started, file.read_bytes())
    except ImportRefusedError as refused:
        for fault in refused.errors:
            click.echo(f"line {fault.line}, {fault.column or '-'}: {fault.message}", err=True)
        sys.exit(1)
    db.session.commit()
    click.echo(f"{taken.persons} persons, {taken.letters} letters in round {started.public_id}")


@GROUP.command("composition")
def show_composition() -> None:
    """Compute the composition of today, keep it, and print the panel beside the population."""
    jobs.load()
    with click.progressbar(length=COMPOSITION_STEPS, label="Composition") as bar:
        jobs.handler_of(COMPOSITION_JOB)({}, lambda done, _of: bar.update(done - bar.pos))
    db.session.commit()
    found = newest_snapshot()
    for table in found.document["views"]["all"]["tables"] if found else []:
        click.echo(table["variable"])
        for row in table["rows"]:
            share, expected = f"{row['share']:8.1%}", f"{row['population_share']:6.1%}"
            click.echo(f"  {row['category']:<18}{row['count']:>9}{share}  population {expected}")


@GROUP.command("verify-draw")
@click.argument("public_id")
def verify_draw(public_id: str) -> None:
    """Repeat a fair draw from its lottery and seed, and say whether it holds."""
    jobs.load()
    try:
        found = jobs.handler_of("panel.verify_draw")({"draw": public_id}, lambda _done, _of: None) or {}
    except DomainError as error:
        raise click.ClickException(error.code) from error
    if found["holds"] is None:
        raise click.ClickException("this draw was not made yet")
    if not found["holds"]:
        raise click.ClickException("the draw does NOT hold: lottery, digest, seed or panel was changed")
    click.echo(f"the draw holds: digest {found['digest']}, candidates {', '.join(map(str, found['panel']))}")
