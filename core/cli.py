"""Commands of the ground floor: worker, audit log, keys, accounts, backup."""

import signal
import sys
import threading
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from core import audit, backup, clock, jobs, links, rotation, worker
from core.accounts import services as accounts
from core.accounts import setup_link
from core.accounts.queries import find_account_by_email
from core.config import Config
from core.db import db
from core.errors import DomainError
from core.models import Account, Role

audit_group = AppGroup("audit", help="The audit log.")
keys_group = AppGroup("keys", help="The identity keys.")
accounts_group = AppGroup("accounts", help="Staff accounts.")


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
@with_appcontext
def worker_command(once: bool) -> None:
    """Run periodic tasks, jobs and mails until told to stop."""
    jobs.load()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if once:
        worker.run_until_idle(stop.is_set)
        return
    click.echo("worker started")
    worker.run_forever(stop)
    click.echo("worker stopped")


@audit_group.command("verify")
def verify_command() -> None:
    """Recompute the chain of the audit log."""
    found = audit.verify()
    if not found.intact:
        click.echo(
            f"BROKEN at position {found.broken_at}: a sealed row was changed, removed or put in between", err=True
        )
        sys.exit(1)
    click.echo(f"intact: {found.sealed} sealed, {found.unsealed} waiting for the sealer; head {found.head}")


@keys_group.command("rotate")
def rotate_command() -> None:
    """Re-encrypt everything under the newest identity key; afterwards the old key may go."""
    total = rotation.rotate(lambda name, count: click.echo(f"{name}: {count}"))
    click.echo(f"{total} values stand under the newest key")


@accounts_group.command("create")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]), required=True)
def create_account_command(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Create an account and print its one-time set-up link."""
    try:
        account = accounts.create_account(name=name, email=email, roles=[Role(role) for role in roles])
    except DomainError as error:
        raise click.ClickException(error.code) from error
    db.session.commit()
    _print_link(account)


@accounts_group.command("link")
@click.argument("email")
def link_command(email: str) -> None:
    """Reset an account (password and second factor go) and print a new one-time set-up link."""
    account = find_account_by_email(email)
    if account is None:
        raise click.ClickException("no such account")
    accounts.reset(account)
    db.session.commit()
    _print_link(account)


def _print_link(account: Account) -> None:
    link = setup_link.token(account, clock.now() + setup_link.VALID)
    click.echo(links.absolute("accounts.set_up", token=link))


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@with_appcontext
def backup_command(target: Path) -> None:
    """Write a consistent copy of the database to TARGET while the product runs."""
    config: Config = current_app.config["PANEL"]
    try:
        backup.backup(config.database_url, target)
    except backup.BackupError as error:
        raise click.ClickException(str(error)) from error


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@with_appcontext
def restore_command(source: Path) -> None:
    """Put the backup SOURCE into the (still empty) configured database."""
    config: Config = current_app.config["PANEL"]
    db.engine.dispose()
    try:
        backup.restore(config.database_url, source)
    except backup.BackupError as error:
        raise click.ClickException(str(error)) from error


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    for command in (worker_command, audit_group, keys_group, accounts_group, backup_command, restore_command):
        app.cli.add_command(command)
