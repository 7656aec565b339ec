"""Snapshots of the composition, counts of who left, and the index that a large panel is counted from.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from core.db import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PROFILE = ["status", "origin", "birth_year", "sex", "district_code", "education"]


def upgrade() -> None:
    op.create_table(
        "composition_snapshot",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("members", BIG_ID, nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.CheckConstraint("members >= 0", name=op.f("ck_composition_snapshot_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_composition_snapshot")),
        sa.UniqueConstraint("subject", "taken_on", name=op.f("uq_composition_snapshot_subject_taken_on")),
    )
    op.create_table(
        "departure_count",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("stratum", sa.String(length=60), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("departures", BIG_ID, nullable=False),
        sa.Column("member_days", BIG_ID, nullable=False),
        sa.CheckConstraint("departures >= 0 AND member_days >= 0", name=op.f("ck_departure_count_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure_count")),
        sa.UniqueConstraint("stratum", "month", name=op.f("uq_departure_count_stratum_month")),
    )
    op.create_index("ix_member_composition", "member", PROFILE, unique=False)


def downgrade() -> None:
    op.drop_index("ix_member_composition", table_name="member")
    op.drop_table("departure_count")
    op.drop_table("composition_snapshot")
