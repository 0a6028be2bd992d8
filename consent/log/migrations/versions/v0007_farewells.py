"""What hooks are still to be told of who was erased, and what was pruned, signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Of those who were erased before, nobody can be told any more."""
    op.create_table(
        "farewell",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("hook", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("record_id", sa.String(36), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", "hook", name="pk_farewell"),
    )
    op.create_index("ix_farewell_due_ms", "farewell", ["due_ms"])
    op.create_table(
        "pruning",
        sa.Column("first", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("first", name="pk_pruning"),
    )
