"""What is still to be told to the site's hooks, and what became of each attempt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Choices that were recorded before are nobody's event: nothing is to be told of them."""
    op.create_table(
        "delivery",
        sa.Column("record_id", sa.String(36), nullable=False),
        sa.Column("hook", sa.String(100), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_ms", sa.BigInteger),
        sa.PrimaryKeyConstraint("record_id", "hook", name="pk_delivery"),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name="fk_delivery_record_id"),
    )
    op.create_index("ix_delivery_due_ms", "delivery", ["due_ms"])
    op.create_table(
        "attempt",
        sa.Column("record_id", sa.String(36), nullable=False),
        sa.Column("hook", sa.String(100), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("error", sa.String(100)),
        sa.PrimaryKeyConstraint("record_id", "hook", "number", name="pk_attempt"),
        sa.ForeignKeyConstraint(
            ["record_id", "hook"],
            ["delivery.record_id", "delivery.hook"],
            name="fk_attempt_record_id",
        ),
    )
