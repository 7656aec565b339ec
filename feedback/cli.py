"""Command line of results: compute again and compare, byte for byte."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from core.db import db
from feedback import queries
from feedback.models import ResultSet
from feedback.weighing.document import document_digest, make_document
from feedback.weighing.loading import classes_are_gone, load_input
from surveys.models import Wave
from surveys.questionnaire import canonical

GROUP = AppGroup("feedback", help="Resultaten en terugkoppeling.")


@GROUP.command("rebuild")
@click.argument("slug")
def rebuild(slug: str) -> None:
    """Compute the results of a wave again and compare them with what was published."""
    wave = db.session.scalars(select(Wave).where(Wave.slug == slug)).first()
    publication = queries.find_publication(wave) if wave else None
    stored = publication.current if publication else None
    if wave is None or publication is None or stored is None:
        raise click.ClickException(f"no results of {slug}")
    if document_digest(stored.document) != stored.digest:
        raise click.ClickException("the stored document does not fit its own hash")
    if classes_are_gone(wave):
        click.echo(f"weighting classes were deleted: the stored document fits its hash {stored.digest}")
        return
    document = make_document(load_input(publication, wave))
    _compare(stored, document)


def _compare(stored: ResultSet, document: dict[str, object]) -> None:
    inputs = document["inputs"]
    if isinstance(inputs, dict) and inputs["code"] != stored.code_version:
        click.echo(f"computed by {stored.code_version}, now {inputs['code']}")
        inputs["code"] = stored.code_version
    if canonical(document) != canonical(stored.document):
        raise click.ClickException("the results differ from what was published")
    click.echo(f"same {len(canonical(document))} bytes, SHA-256 {stored.digest}")
