"""Commands of surveys."""

import click
from flask.cli import AppGroup

from core import jobs
from core.errors import DomainError

GROUP = AppGroup("surveys", help="Questionnaires and their draws.")


@GROUP.command("verify-draw")
@click.argument("wave")
def verify_draw(wave: str) -> None:
    """Repeat the draw of a wave (its public id) from the frozen plan and seed, and say whether it holds."""
    jobs.load()
    try:
        found = jobs.handler_of("surveys.verify_draw")({"wave": wave}, lambda _done, _of: None) or {}
    except DomainError as error:
        raise click.ClickException(error.code) from error
    record, checked = found["record"], found["checked"]
    if record is None:
        raise click.ClickException("nobody was drawn for this wave, or before draws were kept")
    if found["holds"] is None and checked is None:
        raise click.ClickException("the list of who could be drawn is gone, and the draw was not checked before")
    if not (checked["holds"] if found["holds"] is None else found["holds"]):
        raise click.ClickException("the draw does NOT hold: plan, seed, list or invitations were changed")
    when = f"as found on {checked['on']}, before the list was destroyed" if found["holds"] is None else "repeated now"
    click.echo(f"the draw holds ({when}): {sum(record['sizes'])} drawn by {record['algorithm']}, seed {record['seed']}")
    click.echo(f"list {record['frame_digest']}, outcome {record['outcome_digest']}")
