"""Letter plans, batches of letters, and what the letters of a round look like.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# both engines take a column with its named CHECK in one statement; a rebuilt table would lose its own settings
ROUND_COLUMNS = {
    "address_window": (
        "VARCHAR(40) NOT NULL DEFAULT 'left' "
        "CONSTRAINT ck_recruitment_round_address_window CHECK (address_window IN ('left', 'right'))"
    ),
    "address_top": (
        "{integer} NOT NULL DEFAULT 48 "
        "CONSTRAINT ck_recruitment_round_address_top CHECK (address_top BETWEEN 30 AND 70)"
    ),
    "large_type": (
        "VARCHAR(40) NOT NULL DEFAULT 'nobody' "
        "CONSTRAINT ck_recruitment_round_large_type CHECK (large_type IN ('nobody', 'seniors', 'everybody'))"
    ),
    "second_language": "VARCHAR(5) NOT NULL DEFAULT ''",
}
PERSON_COLUMNS = {
    "frame_size": "{integer}",
    "language": "VARCHAR(5) NOT NULL DEFAULT 'nl'",
    "large_print": "BOOLEAN NOT NULL DEFAULT {false}",
    "excluded": (
        "VARCHAR(40) CONSTRAINT ck_sample_person_exclusion CHECK (excluded IN ('member', 'refused', 'open_round')) "
        "CONSTRAINT ck_sample_person_excluded_is_blank CHECK (excluded IS NULL OR last_name IS NULL)"
    ),
}


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    words = {"integer": "INTEGER" if sqlite else "BIGINT", "false": "0" if sqlite else "false"}
    for table, columns in (("recruitment_round", ROUND_COLUMNS), ("sample_person", PERSON_COLUMNS)):
        for name, definition in columns.items():
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {definition.format(**words)}")
    op.create_table(
        "letter_batch",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("round_id", BIG_ID, nullable=False),
        sa.Column("issue", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("printing", BIG_ID, nullable=False),
        sa.Column("letters", BIG_ID, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_ref", sa.String(length=40), nullable=True),
        sa.CheckConstraint("issue IN (1, 2)", name=op.f("ck_letter_batch_issue")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["recruitment_round.id"], name=op.f("fk_letter_batch_round_id_recruitment_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch")),
        sa.UniqueConstraint("public_id", name=op.f("uq_letter_batch_public_id")),
        sa.UniqueConstraint(
            "round_id", "issue", "number", "printing", name=op.f("uq_letter_batch_round_id_issue_number_printing")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "printed_letter",
        sa.Column("sample_person_id", BIG_ID, nullable=False),
        sa.Column("issue", BIG_ID, nullable=False),
        sa.Column("printing", BIG_ID, nullable=False),
        sa.Column("batch_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["letter_batch.id"], name=op.f("fk_printed_letter_batch_id_letter_batch")),
        sa.ForeignKeyConstraint(
            ["sample_person_id"], ["sample_person.id"], name=op.f("fk_printed_letter_sample_person_id_sample_person")
        ),
        sa.PrimaryKeyConstraint("sample_person_id", "issue", "printing", name=op.f("pk_printed_letter")),
    )
    with op.batch_alter_table("printed_letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_printed_letter_batch_id"), ["batch_id"], unique=False)
    _plans()


def _plans() -> None:
    op.create_table(
        "letter_plan",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("round_id", BIG_ID, nullable=False),
        sa.Column("version", BIG_ID, nullable=False),
        sa.Column("target", BIG_ID, nullable=False),
        sa.Column("budget", BIG_ID, nullable=True),
        sa.Column("cents_per_letter", BIG_ID, nullable=True),
        sa.Column("second_letter", sa.Boolean(), nullable=False),
        sa.Column("level", sa.Double(), nullable=False),
        sa.Column("prior_yield", sa.Double(), nullable=False),
        sa.Column("prior_second_yield", sa.Double(), nullable=False),
        sa.Column("figures_source", sa.String(length=200), nullable=False),
        sa.Column("figures_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expected", sa.Double(), nullable=True),
        sa.Column("low", BIG_ID, nullable=True),
        sa.Column("high", BIG_ID, nullable=True),
        sa.CheckConstraint("target > 0", name=op.f("ck_letter_plan_target")),
        sa.CheckConstraint("level > 0 AND level < 1", name=op.f("ck_letter_plan_level")),
        sa.CheckConstraint("budget IS NULL OR budget >= 0", name=op.f("ck_letter_plan_budget")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["recruitment_round.id"], name=op.f("fk_letter_plan_round_id_recruitment_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_plan")),
        sa.UniqueConstraint("public_id", name=op.f("uq_letter_plan_public_id")),
        sa.UniqueConstraint("round_id", name=op.f("uq_letter_plan_round_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "planned_stratum",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("position", BIG_ID, nullable=False),
        sa.Column("stratum", sa.String(length=60), nullable=False),
        sa.Column("population", BIG_ID, nullable=False),
        sa.Column("members", BIG_ID, nullable=False),
        sa.Column("missing", sa.Double(), nullable=False),
        sa.Column("available", BIG_ID, nullable=False),
        sa.Column("sent", BIG_ID, nullable=False),
        sa.Column("joined", BIG_ID, nullable=False),
        sa.Column("sent_second", BIG_ID, nullable=False),
        sa.Column("joined_second", BIG_ID, nullable=False),
        sa.Column("chosen", BIG_ID, nullable=True),
        sa.Column("letters", BIG_ID, nullable=True),
        sa.Column("second_letters", sa.Double(), nullable=True),
        sa.Column("expected", sa.Double(), nullable=True),
        sa.Column("low", BIG_ID, nullable=True),
        sa.Column("high", BIG_ID, nullable=True),
        sa.Column("shortfall", sa.Double(), nullable=True),
        sa.Column("expected_yield", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "chosen IS NULL OR (chosen >= 0 AND chosen <= available)", name=op.f("ck_planned_stratum_chosen")
        ),
        sa.CheckConstraint(
            "joined <= sent AND joined_second <= sent_second", name=op.f("ck_planned_stratum_joined")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["letter_plan.id"], name=op.f("fk_planned_stratum_plan_id_letter_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_stratum")),
        sa.UniqueConstraint("plan_id", "stratum", name=op.f("uq_planned_stratum_plan_id_stratum")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    for table in ("planned_stratum", "letter_plan", "printed_letter", "letter_batch"):
        op.drop_table(table)
    # a CHECK that stands with its column goes with it, on both engines
    for table, columns in (("sample_person", PERSON_COLUMNS), ("recruitment_round", ROUND_COLUMNS)):
        for name in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
