"""Fair draws with their candidates, and what was decided about members who look alike.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WHEN = sa.DateTime(timezone=True)
STATUSES = ("draft", "computed", "published", "drawn", "cancelled")


def upgrade() -> None:
    op.create_table(
        "fair_draw",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("status", _choice("draw_status", *STATUSES), nullable=False),
        sa.Column("objective", _choice("draw_objective", "maximin", "leximin"), nullable=False),
        sa.Column("seats", BIG_ID, nullable=False),
        sa.Column("tolerance", sa.Double(), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.Column("version", BIG_ID, nullable=False),
        sa.Column("quotas", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
        sa.Column("lottery", sa.JSON(), nullable=False),
        sa.Column("chances", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("published_at", WHEN, nullable=True),
        sa.Column("seed_source", sa.String(length=300), nullable=False),
        sa.Column("seed_on", sa.Date(), nullable=True),
        sa.Column("seed", sa.String(length=200), nullable=True),
        sa.Column("drawn_at", WHEN, nullable=True),
        sa.Column("proof", sa.JSON(), nullable=True),
        sa.Column("cancelled_because", sa.String(length=500), nullable=False),
        sa.CheckConstraint("seats > 0", name=op.f("ck_fair_draw_seats")),
        sa.CheckConstraint("tolerance >= 0 AND tolerance < 1", name=op.f("ck_fair_draw_tolerance")),
        sa.CheckConstraint(
            "status NOT IN ('computed', 'published', 'drawn') OR digest IS NOT NULL",
            name=op.f("ck_fair_draw_has_digest"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('published', 'drawn') OR seed_on IS NOT NULL", name=op.f("ck_fair_draw_seed_is_announced")
        ),
        sa.CheckConstraint(
            "seed IS NULL OR status IN ('published', 'drawn', 'cancelled')",
            name=op.f("ck_fair_draw_seed_after_digest"),
        ),
        sa.CheckConstraint(
            "status <> 'drawn' OR (seed IS NOT NULL AND proof IS NOT NULL)", name=op.f("ck_fair_draw_drawn_has_proof")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fair_draw")),
        sa.UniqueConstraint("public_id", name=op.f("uq_fair_draw_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "draw_candidate",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("draw_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("member_id", BIG_ID, nullable=True),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_draw_candidate_number")),
        sa.ForeignKeyConstraint(["draw_id"], ["fair_draw.id"], name=op.f("fk_draw_candidate_draw_id_fair_draw")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_draw_candidate_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_candidate")),
        sa.UniqueConstraint("draw_id", "number", name=op.f("uq_draw_candidate_draw_id_number")),
    )
    op.create_index(op.f("ix_draw_candidate_member_id"), "draw_candidate", ["member_id"])
    op.create_table(
        "duplicate_ruling",
        sa.Column("first_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("second_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("ruled_at", WHEN, nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_duplicate_ruling_order")),
        sa.ForeignKeyConstraint(["first_id"], ["member.id"], name=op.f("fk_duplicate_ruling_first_id_member")),
        sa.ForeignKeyConstraint(["second_id"], ["member.id"], name=op.f("fk_duplicate_ruling_second_id_member")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_duplicate_ruling")),
    )
    op.create_index(op.f("ix_duplicate_ruling_second_id"), "duplicate_ruling", ["second_id"])


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def downgrade() -> None:
    for table in ("duplicate_ruling", "draw_candidate", "fair_draw"):
        op.drop_table(table)
