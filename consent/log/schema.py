"""The tables of the log, as they are at the newest revision in ``migrations/``.

Nothing about a visitor is in ``notice`` or ``record``: both are written once and stay. ``subject``
is the erasable part; a record without its row there is proof of a choice by nobody in particular.
``held`` is no proof and about no visitor: which hosts a site's pages wanted, counted by the day.
``hold`` are subjects that may not be erased yet; ``request`` counts what was answered, by the day;
``farewell`` is who is still to be told of an erasure. ``pruning`` says what was pruned, signed.

Portable types only, keys made by the application, no sequence, no server-side clock, so that the
same tables do on SQLite, PostgreSQL and what speaks its protocol.

``delivery`` is a list of work, not of proof: its rows change. What became of the work is in
``attempt``, which is written once like the rest.

``leaf``, ``tile``, ``checkpoint`` and ``key`` are the tree over the records (RFC 6962), written
once; checkpoints are thinned out. ``pending`` are the records that are not in it yet; ``head`` says
how far it has come, and is the one row of the proof that changes.
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

# Named by records in their bytes alone: ``screen`` and ``scripts``.
screen = Table(
    "screen",
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
    # Whether it was held, passed, or that is not known.
    Column("outcome", String(20), primary_key=True),
    Column("times", BigInteger, nullable=False),
)

pending = Table(
    "pending",
    metadata,
    Column("record_id", String(36), ForeignKey(record.c.id), primary_key=True),
    # That it will be in the tree, signed (``consent.tree``); none where there was no key to sign.
    Column("promise", LargeBinary),
)

leaf = Table(
    "leaf",
    metadata,
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    # Not a foreign key: the leaf outlives a record whose time is over.
    Column("record_id", String(36), nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False),
)

# Roots of the perfect subtrees of 256 ** level leaves (``consent.tree.merkle.Tile``), so that a
# proof reads some hundred rows and not every leaf; all follow from ``leaf``.
tile = Table(
    "tile",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)

head = Table(
    "head",
    metadata,
    # Always 1: there is one tree in a database.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("origin", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    # The roots of the perfect subtrees, largest first, 32 bytes each.
    Column("frontier", LargeBinary, nullable=False),
    # The first leaf whose record has not been pruned.
    Column("minimum", BigInteger, nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    # A signed note (C2SP tlog-checkpoint).
    Column("note", Text, nullable=False),
)

key = Table(
    "key",
    metadata,
    Column("vkey", Text, primary_key=True),
    # A note signed with a key from before; none for the first, or where that was not at hand.
    Column("endorsement", Text),
)

witness = Table(
    "witness",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(20), primary_key=True),
    Column("name", String(200), primary_key=True),
    # What it gave for the checkpoint of that size.
    Column("content", LargeBinary, nullable=False),
)

hold = Table(
    "hold",
    metadata,
    # Not a foreign key: a subject has no row of its own.
    Column("subject", String(36), primary_key=True),
    Column("reason", Text, nullable=False),
    # The last day, as 2026-12-31.
    Column("until", String(10), nullable=False),
)

request = Table(
    "request",
    metadata,
    # Days, as 2026-12-31. Whose request it was is not kept.
    Column("received", String(10), primary_key=True),
    Column("answered", String(10), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("outcome", String(20), primary_key=True),
    Column("times", BigInteger, nullable=False),
)

trial = Table(
    "trial",
    metadata,
    # Of a test choice; said by who has the database, not by who made the choice.
    Column("record_id", String(36), ForeignKey(record.c.id), primary_key=True),
)

farewell = Table(
    "farewell",
    metadata,
    # Of the erasure.
    Column("id", String(36), primary_key=True),
    Column("hook", String(100), primary_key=True),
    # Who was erased: kept until the hook has been told, or given up, and no longer.
    Column("subject", String(36), nullable=False),
    Column("seq", BigInteger, nullable=False),
    # Of the subject's last choice. Not a foreign key: it may be pruned meanwhile.
    Column("record_id", String(36), nullable=False),
    # As in ``delivery``.
    Column("attempts", Integer, nullable=False),
    Column("due_ms", BigInteger, nullable=False, index=True),
)

pruning = Table(
    "pruning",
    metadata,
    # The first leaf whose record went.
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    # A note, signed with a key of the log: which went, when, and what was to be kept.
    Column("note", Text, nullable=False),
)
