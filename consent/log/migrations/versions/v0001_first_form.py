"""The first form of the log: notices, records, and the subjects that can be erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """There is no way down: a log is not taken apart."""
    op.create_table(
        "notice",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_notice"),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("idempotency_key", sa.Text),
        sa.Column("body_hash", sa.String(64)),
        sa.Column("notice", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record"),
        sa.UniqueConstraint("idempotency_key", name="uq_record_idempotency_key"),
        sa.ForeignKeyConstraint(["notice"], ["notice.hash"], name="fk_record_notice"),
    )
    op.create_table(
        "subject",
        sa.Column("record_id", sa.String(36), nullable=False),
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("stored_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_subject"),
        sa.UniqueConstraint("subject", "seq", name="uq_subject_subject_seq"),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name="fk_subject_record_id"),
    )
    op.create_index("ix_subject_stored_ms", "subject", ["stored_ms"])
