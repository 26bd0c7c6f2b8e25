// Started by embedded.test.ts, to be killed: writes rows one by one and says on stderr which of them are committed.
import pg from 'pg';
import { startEmbedded } from '../src/store/embedded/embedded.ts';

const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('usage: durable-writer.ts DATA-FOLDER');

const postgres = await startEmbedded({ dataDir });
console.error(`postmaster ${postgres.pid}`);
const client = new pg.Client({ connectionString: postgres.url });
await client.connect();
await client.query('create table if not exists written (number bigserial primary key)');
while (true) {
  const { rows } = await client.query<{ number: string }>('insert into written default values returning number');
  console.error(`committed ${rows[0]?.number}`);
}
