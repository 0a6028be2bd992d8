"""The tree over the records; every record from before is to be put into it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

record = sa.table("record", sa.column("id"))
pending = sa.table("pending", sa.column("record_id"))


def upgrade() -> None:
    """First the column goes, whose lock waits for writers of the release before and makes those to
    come fail: a record that they added after ``pending`` was filled would never be in the tree.
    """
    # On SQLite the table is made anew: it can drop a column since 3.35 only.
    with op.batch_alter_table("subject") as subject:
        subject.drop_index("ix_subject_stored_ms")
        subject.drop_column("stored_ms")
    _make_pending()
    _make_tree()
    _make_signed()
    op.execute(pending.insert().from_select(["record_id"], sa.select(record.c.id)))


def _make_pending() -> None:
    op.create_table(
        "pending",
        sa.Column("record_id", sa.String(36), nullable=False),
        sa.Column("promise", sa.LargeBinary),
        sa.PrimaryKeyConstraint("record_id", name="pk_pending"),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name="fk_pending_record_id"),
    )


def _make_tree() -> None:
    op.create_table(
        "leaf",
        sa.Column("idx", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("record_id", sa.String(36), nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("idx", name="pk_leaf"),
        sa.UniqueConstraint("record_id", name="uq_leaf_record_id"),
    )
    op.create_table(
        "tile",
        sa.Column("level", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("idx", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("level", "idx", name="pk_tile"),
    )
    op.create_table(
        "head",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.Column("minimum", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_head"),
    )


def _make_signed() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_checkpoint"),
    )
    op.create_table(
        "key",
        sa.Column("vkey", sa.Text, nullable=False),
        sa.Column("endorsement", sa.Text),
        sa.PrimaryKeyConstraint("vkey", name="pk_key"),
    )
    op.create_table(
        "witness",
        sa.Column("size", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("size", "kind", "name", name="pk_witness"),
    )
