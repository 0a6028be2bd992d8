"""Requests that were answered, not erasures alone, with the day on which they came; and which
records are of nobody's choice.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """What was erased before came on the day on which it was erased, as far as is known."""
    op.create_table(
        "request",
        sa.Column("received", sa.String(10), nullable=False),
        sa.Column("answered", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("received", "answered", "kind", "outcome", name="pk_request"),
    )
    op.execute(
        "INSERT INTO request (received, answered, kind, outcome, times)"
        " SELECT day, day, 'erasure', 'done', times FROM erasure"
    )
    op.drop_table("erasure")
    op.create_table(
        "trial",
        sa.Column("record_id", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name="fk_trial_record_id"),
        sa.PrimaryKeyConstraint("record_id", name="pk_trial"),
    )
