// c15t's backend, self-hosted as its documentation has it: Kysely on PostgreSQL, Node's own server,
// one process for each processor. `node server.mjs migrate` makes its tables.

import cluster from "node:cluster";
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { c15tInstance } from "@c15t/backend";
import { kyselyAdapter } from "@c15t/backend/db/adapters/kysely";
import { migrator } from "@c15t/backend/db/migrator";
import { DB } from "@c15t/backend/db/schema";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";

const { DATABASE_URL, PORT, WORKERS } = process.env;

function opened() {
  const pool = new pg.Pool({ connectionString: DATABASE_URL });
  const db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  return { db, adapter: kyselyAdapter({ db, provider: "postgresql" }) };
}

async function migrate() {
  const { db, adapter } = opened();
  await (await migrator({ db: DB.client(adapter), schema: "latest" })).execute();
  await db.destroy();
}

function serve() {
  const { handler } = c15tInstance({
    appName: "bench",
    basePath: "/api/c15t",
    trustedOrigins: ["https://bench.example"],
    adapter: opened().adapter,
    logger: { level: "error" },
  });
  createServer(async (request, response) => {
    const answer = await handler(
      new Request(`http://${request.headers.host}${request.url}`, {
        method: request.method,
        headers: request.headers,
        body: Readable.toWeb(request),
        duplex: "half",
      }),
    );
    const body = Buffer.from(await answer.arrayBuffer());
    const headers = { ...Object.fromEntries(answer.headers), "content-length": body.length };
    response.writeHead(answer.status, headers).end(body);
  }).listen(Number(PORT), "127.0.0.1");
}

if (process.argv[2] === "migrate") await migrate();
else if (cluster.isPrimary) for (let n = 0; n < Number(WORKERS); n++) cluster.fork();
else serve();
