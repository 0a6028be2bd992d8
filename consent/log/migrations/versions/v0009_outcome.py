"""What was held is told from what passed, because the site lets undeclared hosts pass."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Declared services were held; of undeclared hosts it was not written down."""
    # By way of another table, since a key cannot be given a column in SQLite.
    op.execute("CREATE TABLE held_before AS SELECT * FROM held")
    op.drop_table("held")
    op.create_table(
        "held",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("site", sa.String(255), nullable=False),
        sa.Column("host", sa.String(300), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", "site", "host", "service", "outcome", name="pk_held"),
    )
    op.execute(
        "INSERT INTO held (day, site, host, service, outcome, times) SELECT day, site, host,"
        " service, CASE service WHEN '' THEN 'unknown' ELSE 'held' END, times FROM held_before"
    )
    op.drop_table("held_before")
