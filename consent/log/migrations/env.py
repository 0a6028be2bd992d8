"""What Alembic runs: the revisions, over the connection and in the transaction it is handed."""

from __future__ import annotations

from alembic import context

from consent.log.migrate import VERSION_TABLE
from consent.log.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
