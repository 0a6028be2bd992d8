"""c15t's backend: installed, its tables made, served, asked to record, and filled."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from bench.load import free_port, measured, request, running

HERE = Path(__file__).parent
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""What its client makes subjects of."""

# One record as its API has stored it, many times: each of a subject of its own.
FILL = """
WITH new AS (SELECT substr(md5(n::text || random()), 1, 20) AS id FROM generate_series(1, {n}) n),
subjects AS (
  INSERT INTO subject (id, "identityProvider", "createdAt", "updatedAt")
  SELECT 'sub_' || new.id, s."identityProvider", s."createdAt", s."updatedAt"
  FROM new, (SELECT * FROM subject LIMIT 1) s
)
INSERT INTO consent (id, "subjectId", "domainId", "policyId", "purposeIds", "userAgent", "givenAt",
  jurisdiction, "jurisdictionModel", "consentAction")
SELECT 'cns_' || new.id || 'xx', 'sub_' || new.id, c."domainId", c."policyId", c."purposeIds",
  c."userAgent", c."givenAt", c.jurisdiction, c."jurisdictionModel", c."consentAction"
FROM new, (SELECT * FROM consent LIMIT 1) c
"""


def install() -> str:
    """From npm, in the versions of ``package.json``; what is compared, in words."""
    npm = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(npm, cwd=HERE, check=True)
    node = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True)
    asked: dict[str, str] = json.loads((HERE / "package.json").read_text())["dependencies"]
    return ", ".join(
        [*(f"{name} {version}" for name, version in asked.items()), node.stdout.strip()]
    )


def migrate(url: str) -> None:
    """Its own migrations."""
    environment = {**os.environ, "DATABASE_URL": url}
    subprocess.run(["node", "server.mjs", "migrate"], cwd=HERE, env=environment, check=True)


@contextmanager
def served(url: str, workers: int) -> Iterator[int]:
    port = free_port()
    environment = {"DATABASE_URL": url, "PORT": str(port), "WORKERS": str(workers)}
    with running(["node", "server.mjs"], port, environment, HERE):
        yield port


def choice() -> bytes:
    """What its client sends for a new visitor (2.2.1, ``POST /subjects``)."""
    body = {
        "type": "cookie_banner",
        "subjectId": "sub_" + "".join(secrets.choice(BASE58) for _ in range(20)),
        "domain": "bench.example",
        "preferences": {"necessary": True, "measurement": True, "marketing": False},
        "givenAt": int(time.time() * 1000),
        "consentAction": "custom",
        "jurisdiction": "GDPR",
        "jurisdictionModel": "opt-in",
    }
    return request("/api/c15t/subjects", "bench.example", body)


async def fill(url: str, number: int) -> None:
    """So many records, by SQL, after one through its API."""
    connection = await asyncpg.connect(url)
    await connection.execute(FILL.format(n=number))
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")
    await connection.close()


def first(url: str) -> None:
    """One record, and with it the rows that all records name."""
    with served(url, 1) as port:
        measured([port], choice, 1)
