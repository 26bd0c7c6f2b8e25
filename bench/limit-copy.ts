// The limit of exports: a bare node:http server that passes COPY TO of the contacts on as it comes. `GET /ndjson`: key and values as
// they are stored; `GET /csv`: a column for each field. Takes the address of the database as its argument.
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

const database = new pg.Client({ connectionString: process.argv[2] as string });
await database.connect();
const { rows } = await database.query(`
  select type, array(select jsonb_object_keys(data)) as fields from record where external_id like 'C-%' limit 1`);
const { type, fields } = rows[0] as { type: number; fields: string[] };
const from = `from record where workspace_id = 1 and type = ${type} and deleted_at is null order by number`;
const statements: Readonly<Record<string, string>> = {
  '/ndjson': `copy (select external_id, data ${from}) to stdout`,
  '/csv': `copy (select external_id, ${fields.map((field) => `data->>'${field}'`).join(', ')} ${from}) to stdout with (format csv)`,
};

const server = createServer((request, response) => {
  const statement = statements[request.url ?? ''];
  if (statement === undefined) {
    response.writeHead(404).end();
    return;
  }
  pipeline(database.query(copyTo(statement)), response).catch((fault) => response.destroy(fault));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`ready http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
process.on('SIGTERM', () => process.exit(0));
