"""What may not be erased yet, and how often something was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Nobody was held before, and nothing that was erased was counted."""
    op.create_table(
        "hold",
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("until", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_hold"),
    )
    op.create_table(
        "erasure",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_erasure"),
    )
