// Parse Server with its PostgreSQL adapter, and upsert and link as functions of its cloud code: the way that costs its users the fewest
// requests. Takes the address of the database.
import { createServer } from 'node:http';
import { ParseServer } from 'parse-server';
import pg from 'pg';

const server = createServer();
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const origin = `http://127.0.0.1:${server.address().port}`;

// The adapter knows no sockets in addresses.
const address = new URL(process.argv[2]);
const socket = address.searchParams.get('host');
const database = { user: address.username, database: address.pathname.slice(1), port: Number(address.port) };

const text = { type: 'String' };
const pointer = (targetClass) => ({ type: 'Pointer', targetClass });

const parse = new ParseServer({
  databaseURI: process.argv[2],
  databaseOptions: socket === null ? {} : { ...database, host: socket },
  appId: 'bench',
  masterKey: 'bench',
  serverURL: `${origin}/parse`,
  directAccess: true,
  logLevel: 'error',
  verbose: false,
  silent: true,
  cloud: defineFunctions,
  schema: {
    definitions: [
      {
        className: 'Contact',
        fields: { externalId: text, name: text, first_name: text, last_name: text, email_address: text, phone: text },
      },
      { className: 'Claim', fields: { externalId: text, name: text } },
      { className: 'ClaimContact', fields: { claim: pointer('Claim'), contact: pointer('Contact'), role: text } },
    ],
  },
});

function defineFunctions(Parse) {
  const asMaster = { useMasterKey: true };
  const byKey = (name, externalId) => new Parse.Query(name).equalTo('externalId', externalId).first(asMaster);
  for (const name of ['Contact', 'Claim']) {
    Parse.Cloud.define(`upsert${name}`, async ({ params }) => {
      const record = (await byKey(name, params.externalId)) ?? new Parse.Object(name);
      return (await record.save(params, asMaster)).id;
    });
  }
  Parse.Cloud.define('linkContact', async ({ params: { claimKey, contactKey, role } }) => {
    const [claim, contact] = await Promise.all([byKey('Claim', claimKey), byKey('Contact', contactKey)]);
    const ends = { claim, contact, role };
    const query = new Parse.Query('ClaimContact');
    for (const [name, value] of Object.entries(ends)) query.equalTo(name, value);
    const link = (await query.first(asMaster)) ?? new Parse.Object('ClaimContact');
    return (await link.save(ends, asMaster)).id;
  });
}

await parse.start();
const client = new pg.Client({ connectionString: process.argv[2] });
await client.connect();
await client.query(`
  create unique index on "Contact" ("externalId");
  create unique index on "Claim" ("externalId");
  create unique index on "ClaimContact" (claim, contact, role)`);
await client.end();

server.on('request', (request, response) => {
  request.url = request.url.replace(/^\/parse/, '');
  parse.app(request, response);
});
console.log(`ready ${origin}`);
process.on('SIGTERM', () => process.exit(0));
