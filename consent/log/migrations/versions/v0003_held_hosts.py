"""Counts of the hosts that were held, by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """No address, no page and no visitor: a host, a day, a number."""
    op.create_table(
        "held",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("site", sa.String(255), nullable=False),
        sa.Column("host", sa.String(300), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", "site", "host", "service", name="pk_held"),
    )
