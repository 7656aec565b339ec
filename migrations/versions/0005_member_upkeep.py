"""Upkeep of members: what was asked when, why somebody left, contacts, helpers, rules and their runs.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RULES = (
    "pause_ending",
    "pause_over",
    "profile_check",
    "profile_reminder",
    "bounced",
    "wake_up",
    "dormant",
    "last_call",
    "dormant_over",
)
NOTES = (
    "called_us",
    "we_called",
    "letter_in",
    "letter_out",
    "paper_form",
    "visit",
    "letter_back",
    "bounce",
    "channel",
    "profile",
)
# both engines take a column with its named CHECK in one statement; a rebuilt table would lose its own settings
MEMBER_COLUMNS = {
    "by_phone": (
        "BOOLEAN NOT NULL DEFAULT {false} "
        "CONSTRAINT ck_member_phone_without_email CHECK (NOT by_phone OR email_index IS NULL)"
    ),
    "failed_email": (
        "TEXT CONSTRAINT ck_member_failed_email_is_out_of_use CHECK (failed_email IS NULL OR email_index IS NULL)"
    ),
    "mail_failed_on": "DATE",
    "bounces_n": "{integer} NOT NULL DEFAULT 0 CONSTRAINT ck_member_bounces_n CHECK (bounces_n >= 0)",
    "profile_asked_on": "DATE",
    "profile_reminded_on": "DATE",
    "pause_mailed_on": "DATE",
    "woken_on": "DATE",
    "dormant_since": "DATE",
    "last_call_on": "DATE",
    "moved_on": "DATE",
    "left_reason": (
        "VARCHAR(40) CONSTRAINT ck_member_leave_reason CHECK "
        "(left_reason IN ('own_wish', 'moved_away', 'died', 'dormant', 'never_finished')) "
        "CONSTRAINT ck_member_reason_of_who_left CHECK (left_reason IS NULL OR status = 'left')"
    ),
}


def _words(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    words = {"integer": "INTEGER" if sqlite else "BIGINT", "false": "0" if sqlite else "false"}
    for name, definition in MEMBER_COLUMNS.items():
        op.execute(f"ALTER TABLE member ADD COLUMN {name} {definition.format(**words)}")
    op.execute("ALTER TABLE contact ADD COLUMN closed_on DATE")
    op.execute("UPDATE member SET dormant_since = CURRENT_DATE WHERE status = 'dormant'")
    _rules()
    _contacts()


def _rules() -> None:
    op.create_table(
        "upkeep_switch",
        sa.Column("rule", _words(RULES, "upkeep_rule"), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_upkeep_switch")),
    )
    op.create_table(
        "upkeep_run",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("rule", _words(RULES, "upkeep_run_rule"), nullable=False),
        sa.Column("ran_on", sa.Date(), nullable=False),
        sa.Column("planned", BIG_ID, nullable=False),
        sa.Column("touched", BIG_ID, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("planned >= 0 AND touched >= 0", name=op.f("ck_upkeep_run_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upkeep_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_upkeep_run_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_upkeep_run_rule"), "upkeep_run", ["rule"])
    op.create_index(op.f("ix_upkeep_run_ran_on"), "upkeep_run", ["ran_on"])
    op.create_table(
        "upkeep_touch",
        sa.Column("run_id", BIG_ID, nullable=False),
        sa.Column("member_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_upkeep_touch_member_id_member")),
        sa.ForeignKeyConstraint(["run_id"], ["upkeep_run.id"], name=op.f("fk_upkeep_touch_run_id_upkeep_run")),
        sa.PrimaryKeyConstraint("run_id", "member_id", name=op.f("pk_upkeep_touch")),
    )
    op.create_index(op.f("ix_upkeep_touch_member_id"), "upkeep_touch", ["member_id"])


def _contacts() -> None:
    op.create_table(
        "contact_note",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("member_id", BIG_ID, nullable=False),
        sa.Column("kind", _words(NOTES, "note_kind"), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("mail_ref", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_contact_note_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_note")),
        sa.UniqueConstraint("mail_ref", name=op.f("uq_contact_note_mail_ref")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contact_note_member_id"), "contact_note", ["member_id"])
    op.create_table(
        "helper",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("member_id", BIG_ID, nullable=False),
        sa.Column("role", _words(("reads_along", "fills_in", "authorised"), "helper_role"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_helper_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helper")),
        sa.UniqueConstraint("member_id", name=op.f("uq_helper_member_id")),
    )
    op.create_table(
        "death_report",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("member_id", BIG_ID, nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("reporter", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "handled_at IS NULL OR (person IS NULL AND reporter IS NULL)",
            name=op.f("ck_death_report_handled_is_blank"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_death_report_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_death_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_death_report_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_death_report_member_id"), "death_report", ["member_id"])
    op.create_table(
        "burden_exception",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("wave_ref", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_burden_exception")),
        sa.UniqueConstraint("wave_ref", name=op.f("uq_burden_exception_wave_ref")),
    )


def downgrade() -> None:
    for table in (
        "burden_exception",
        "death_report",
        "helper",
        "contact_note",
        "upkeep_touch",
        "upkeep_run",
        "upkeep_switch",
    ):
        op.drop_table(table)
    op.execute("ALTER TABLE contact DROP COLUMN closed_on")
    # a CHECK that stands with its column goes with it, on both engines
    for name in MEMBER_COLUMNS:
        op.execute(f"ALTER TABLE member DROP COLUMN {name}")
