"""Every table says what ends its rows, and what it names exists."""

from importlib import import_module

from flask import Flask

from core import jobs
from core.db import db
from portal.retention import RULES, Class

# Alembic's own
FOREIGN = {"alembic_version"}
# who signs a questionnaire does so in office, under a name that everybody may read
SIGNED_IN_OFFICE = {"sign_off"}


def test_every_table_has_a_rule(app: Flask) -> None:
    tables = set(db.metadata.tables) - FOREIGN
    assert not tables - set(RULES), f"no retention rule: {sorted(tables - set(RULES))}"
    assert not set(RULES) - tables, f"no such table: {sorted(set(RULES) - tables)}"


def test_every_named_job_is_registered(app: Flask) -> None:
    jobs.load()
    known = {task.name for task in jobs.tasks()} | set(jobs._handlers)
    for table, rule in RULES.items():
        if rule.kind is Class.JOB:
            assert rule.ends, table
            assert set(rule.ends) <= known, f"{table}: {set(rule.ends) - known}"


def test_every_named_service_exists() -> None:
    for table, rule in RULES.items():
        if rule.kind is Class.OWN:
            assert rule.ends, table
            for name in rule.ends:
                module, _, function = name.partition(":")
                assert callable(getattr(import_module(module), function)), table


def test_tables_with_names_or_addresses_are_not_kept_for_good(app: Flask) -> None:
    for table in db.metadata.sorted_tables:
        encrypted = [c.name for c in table.columns if type(c.type).__name__ == "EncryptedText"]
        if encrypted and table.name not in SIGNED_IN_OFFICE:
            assert RULES[table.name].kind is not Class.DOSSIER, f"{table.name}: {encrypted}"
