"""The tables of the log, as they are at the newest revision in ``migrations/``.

Nothing about a visitor is in ``notice`` or ``record``: both are written once and stay. ``subject``
is the erasable part; a record without its row there is proof of a choice by nobody in particular.
``held`` is no proof and about no visitor: which hosts a site's pages wanted, counted by the day.

Portable types only, keys made by the application, no sequence, no server-side clock, so that the
same tables do on SQLite, PostgreSQL and what speaks its protocol.

``delivery`` is a list of work, not of proof: its rows are the only ones that ever change. What
became of the work is in ``attempt``, which is written once like the rest.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

notice = Table(
    "notice",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("idempotency_key", Text, unique=True),
    Column("body_hash", String(64)),
    Column("notice", String(64), ForeignKey(notice.c.hash), nullable=False),
    # The canonical bytes; the columns beside them repeat what has to be looked up.
    Column("body", LargeBinary, nullable=False),
)

subject = Table(
    "subject",
    metadata,
    Column("record_id", String(36), ForeignKey(record.c.id), primary_key=True),
    Column("subject", String(36), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    # When it came to the log, by the clock of the machine that wrote it: for ``newer`` alone. A
    # refusal made while the log was down comes minutes after ``made_at``.
    Column("stored_ms", BigInteger, nullable=False, index=True),
    # Two tabs of one visitor: the second to write is told, and decides again.
    UniqueConstraint("subject", "seq"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("record_id", String(36), ForeignKey(record.c.id), primary_key=True),
    Column("hook", String(100), primary_key=True),
    # Begun, by whichever process; the number of the last one.
    Column("attempts", Integer, nullable=False),
    # When it is somebody's turn again; none once it is delivered or given up.
    Column("due_ms", BigInteger, index=True),
)

attempt = Table(
    "attempt",
    metadata,
    Column("record_id", String(36), primary_key=True),
    Column("hook", String(100), primary_key=True),
    Column("number", Integer, primary_key=True),
    # When it ended.
    Column("at_ms", BigInteger, nullable=False),
    # The kind of its failure, without its text, which might name somebody; none if it was taken.
    Column("error", String(100)),
    ForeignKeyConstraint(["record_id", "hook"], [delivery.c.record_id, delivery.c.hook]),
)

held = Table(
    "held",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("site", String(255), primary_key=True),
    Column("host", String(300), primary_key=True),
    Column("service", String(64), primary_key=True),
    Column("times", BigInteger, nullable=False),
)
