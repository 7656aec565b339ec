"""Figures belong to a set; choices say which sets count; postcodes, merges and localities get their tables.

Revision ID: 0002
Revises: 0001
"""

import secrets
from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BIG_INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# figures that were there before sets existed have always counted
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    """Make the tables and put the figures that are there in a set of their own."""
    _create_sets()
    _create_the_rest()
    with op.batch_alter_table("population_figure", schema=None) as batch_op:
        batch_op.add_column(sa.Column("set_id", BIG_ID, nullable=True))
    _adopt_figures()
    old = _unique_name("population_figure")
    with op.batch_alter_table("population_figure", schema=None) as batch_op:
        batch_op.alter_column("set_id", existing_type=BIG_ID, nullable=False)
        batch_op.drop_constraint(old, type_="unique")
        batch_op.create_unique_constraint(
            "uq_population_figure_set", ["set_id", "area_code", "variable", "category", "reference", "margin"]
        )
        batch_op.create_foreign_key(
            op.f("fk_population_figure_set_id_population_set"), "population_set", ["set_id"], ["id"]
        )


def _unique_name(table: str) -> str:
    """The name under which the engine keeps the only UNIQUE of a table (PostgreSQL shortens long names)."""
    return str(sa.inspect(op.get_bind()).get_unique_constraints(table)[0]["name"])


def _create_sets() -> None:
    op.create_table(
        "population_set",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("gm_code", sa.String(length=6), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "shipped",
                "neighbourhoods",
                "age-sex",
                "addresses",
                "own",
                name="population_set_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("licence", sa.String(length=40), nullable=False),
        sa.Column("attribution", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("age_min", BIG_INT, nullable=True),
        sa.Column("age_max", BIG_INT, nullable=True),
        sa.Column("rows", BIG_INT, nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_population_set")),
        sa.UniqueConstraint("public_id", name=op.f("uq_population_set_public_id")),
        sa.UniqueConstraint(
            "gm_code", "kind", "reference", "sha256", name=op.f("uq_population_set_gm_code_kind_reference_sha256")
        ),
    )
    op.create_table(
        "population_choice",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("set_id", BIG_ID, nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_id"], ["population_set.id"], name=op.f("fk_population_choice_set_id_population_set")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_population_choice")),
    )
    with op.batch_alter_table("population_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_population_choice_set_id"), ["set_id"], unique=False)


def _create_the_rest() -> None:
    op.create_table(
        "postcode_area",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("set_id", BIG_ID, nullable=False),
        sa.Column("postcode", sa.String(length=6), nullable=False),
        sa.Column("house_number", BIG_INT, nullable=False),
        sa.Column("neighbourhood_code", sa.String(length=12), nullable=False),
        sa.Column("district_code", sa.String(length=12), nullable=False),
        sa.Column("divided", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["population_set.id"], name=op.f("fk_postcode_area_set_id_population_set")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postcode_area")),
        sa.UniqueConstraint(
            "set_id", "postcode", "house_number", name=op.f("uq_postcode_area_set_id_postcode_house_number")
        ),
    )
    op.create_table(
        "category_merge",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("gm_code", sa.String(length=6), nullable=False),
        sa.Column("variable", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("merge_with", sa.String(length=60), nullable=False),
        sa.Column("preference", BIG_INT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("category <> merge_with", name=op.f("ck_category_merge_other")),
        sa.CheckConstraint("preference >= 1", name=op.f("ck_category_merge_preference")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_merge")),
    )
    with op.batch_alter_table("category_merge", schema=None) as batch_op:
        batch_op.create_index("ix_category_merge_hierarchy", ["gm_code", "variable"], unique=False)
    op.create_table(
        "locality",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("gm_code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locality")),
        sa.UniqueConstraint("gm_code", "name", name=op.f("uq_locality_gm_code_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_locality_public_id")),
    )
    op.create_table(
        "locality_part",
        sa.Column("neighbourhood_code", sa.String(length=12), nullable=False),
        sa.Column("locality_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["locality_id"], ["locality.id"], name=op.f("fk_locality_part_locality_id_locality"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("neighbourhood_code", name=op.f("pk_locality_part")),
    )


def _adopt_figures() -> None:
    bind = op.get_bind()
    figures, sets, choices = (
        sa.Table(name, sa.MetaData(), autoload_with=bind)
        for name in ("population_figure", "population_set", "population_choice")
    )
    for (gm_code,) in bind.execute(sa.select(figures.c.gm_code).distinct()).all():
        mine = figures.c.gm_code == gm_code
        newest, rows = bind.execute(sa.select(sa.func.max(figures.c.reference), sa.func.count()).where(mine)).one()
        bind.execute(
            sets.insert().values(
                public_id=secrets.token_urlsafe(16), gm_code=gm_code, kind="shipped",
                file_name="data", sha256="", reference=newest or date(2000, 1, 1), source="CBS", licence="CC BY 4.0",
                attribution="Bron: CBS", unit="person", age_min=16, rows=rows, remarks=[],
                added_at=ALWAYS, added_by="system",
            )
        )  # fmt: skip
        number = bind.scalar(sa.select(sets.c.id).where(sets.c.gm_code == gm_code))
        bind.execute(choices.insert().values(set_id=number, chosen_at=ALWAYS, chosen_by="system", reason=""))
        bind.execute(figures.update().where(mine).values(set_id=number))


def downgrade() -> None:
    """Back to one body of figures; only the oldest set of a municipality can stay."""
    op.execute(
        "DELETE FROM population_figure WHERE set_id NOT IN (SELECT min(id) FROM population_set GROUP BY gm_code)"
    )
    with op.batch_alter_table("population_figure", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_population_figure_set_id_population_set"), type_="foreignkey")
        batch_op.drop_constraint("uq_population_figure_set", type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_population_figure_gm_code_area_code_variable_category_reference_margin"),
            ["gm_code", "area_code", "variable", "category", "reference", "margin"],
        )
        batch_op.drop_column("set_id")
    for name in ("locality_part", "locality", "category_merge", "postcode_area", "population_choice", "population_set"):
        op.drop_table(name)
