"""The sample that a wave draws, and the record of its draw.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # both engines take the column in one statement; a rebuilt table would lose its triggers
    op.execute("ALTER TABLE wave ADD COLUMN sample JSON NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE fieldwork ADD COLUMN draw JSON NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    op.execute("ALTER TABLE fieldwork DROP COLUMN draw")
    op.execute("ALTER TABLE wave DROP COLUMN sample")
