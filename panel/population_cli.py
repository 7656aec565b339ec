"""Commands of the population figures."""

import sys
from pathlib import Path

import click

from core import settings
from core.db import db
from core.errors import ImportRefusedError
from panel.models import SetKind
from panel.services import population
from panel.services.population import importing

WHOLE = 1000
KINDS = [kind.value for kind in SetKind if kind is not SetKind.SHIPPED]


@click.command("import-population")
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
