// What the users of other hubs get: upserts by key and links by keys with a role, through PostGraphile and Parse Server on the same
// PostgreSQL, each as its users would do it. They are installed when this benchmark runs.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { contactFields, contactRow, importRows, writeBody } from './bodies.ts';
import { type Figure, figureOf, progress } from './figure.ts';
import { load } from './http-load.ts';
import type { Stage } from './stage.ts';

const run = promisify(execFile);
const folder = join(import.meta.dirname, 'peers');
const connections = 64;
const claims = 1000;
const role = 'Adjuster';

const contactKey = (index: number): string => `P-${index}`;
const claimKey = (index: number): string => `Q-${index % claims}`;

export async function peers(stage: Stage): Promise<Figure> {
  await install();
  const count = Math.min(10_000, stage.size.records);
  const ours = await keyway(stage, count);
  const rates: Record<string, number> = {};
  const runs: { value: number; limit: number }[] = [];
  for (const { title, measure: measured } of [postgraphile, parseServer, postgraphileFunctions]) {
    progress(`peers: ${title}`);
    const theirs = await measured(stage, count);
    rates[`${title}, upserts a second`] = theirs.upserts;
    rates[`${title}, links a second`] = theirs.links;
    runs.push({ value: ours.upserts, limit: theirs.upserts }, { value: ours.links, limit: theirs.links });
  }
  const worst = runs.reduce((least, one) => (one.value / one.limit < least.value / least.limit ? one : least));
  const what = {
    name: 'peers',
    unit: `rows a second of ${count.toLocaleString('en')}, imported`,
    beside: 'the peer that comes nearest',
    target: { atLeast: 20 },
    further: {
      'Keyway, upserts a second': ours.upserts,
      'Keyway, links a second': ours.links,
      [`Keyway, upserts a second one by one over ${connections} connections`]: ours.singles,
      ...rates,
    },
  };
  return { ...figureOf(what, [worst]), runs };
}

async function install(): Promise<void> {
  if (existsSync(join(folder, 'node_modules/.package-lock.json'))) return;
  progress('peers: installing PostGraphile and Parse Server, about 500 MB');
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
}

type Rates = { readonly upserts: number; readonly links: number };
type Peer = { readonly title: string; measure(stage: Stage, count: number): Promise<Rates> };

async function keyway({ server, folder: files }: Stage, count: number): Promise<Rates & { singles: number }> {
  const body = (name: string, rows: number, row: (index: number) => object): Promise<string> =>
    writeBody(join(files, name), rows, (index) => JSON.stringify(row(index)));
  const contacts = await body('peers-contacts', count, (index) => ({
    ...JSON.parse(contactRow(index, 0)),
    external_id: contactKey(index),
  }));
  const others = await body('peers-warm', 2000, (index) => ({ external_id: `warm-${index}` }));
  const left = await body('peers-claims', claims, (index) => ({ external_id: claimKey(index) }));
  const links = await body('peers-links', count, (index) => ({
    left: `external_id:${claimKey(index)}`,
    right: `external_id:${contactKey(index)}`,
    role,
  }));
  await importRows(server.url, '/v1/records/claim/import', left);
  await importRows(server.url, '/v1/records/contact/import', others);
  const upserts = count / (await importRows(server.url, '/v1/records/contact/import', contacts));
  const headers = { Authorization: 'Bearer kw_demo_admin' };
  const one = (index: number): Buffer =>
    post(
      `/v1/records/contact/external_id:one-${index}`,
      JSON.stringify({ fields: contactFields(index, 0) }),
      headers,
      'PATCH',
    );
  await load(
    server.url,
    connections,
    Array.from({ length: 500 }, (_, index) => one(count + index)),
  );
  const singles = await load(
    server.url,
    connections,
    Array.from({ length: count }, (_, index) => one(index)),
  );
  return {
    upserts,
    singles: singles.perSecond,
    links: count / (await importRows(server.url, '/v1/links/claim.contacts/import', links)),
  };
}

function post(path: string, body: string, headers: Record<string, string>, method = 'POST'): Buffer {
  const lines = Object.entries({ Host: 'bench', 'Content-Type': 'application/json', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\n${lines.join('')}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

type Calls = {
  /** One or two requests, one after the other, as a client sends them who looks first whether the key is there. */
  claim(index: number): Buffer[];
  contact(index: number): Buffer[];
  link(index: number): Buffer[];
};

/** A new key each; then each contact is linked to a claim. Some calls first, which are not measured. */
async function measure(url: string, count: number, calls: Calls, beforeLinks = async () => {}): Promise<Rates> {
  const send = async (rows: number, call: (index: number) => Buffer[], from = 0): Promise<number> => {
    const requests = Array.from({ length: rows }, (_, index) => call(from + index)).flat();
    return (await load(url, connections, requests)).perSecond * (rows / requests.length);
  };
  await send(claims, calls.claim);
  await send(500, calls.contact, count);
  const upserts = await send(count, calls.contact);
  await beforeLinks();
  await send(500, calls.link, count);
  return { upserts, links: await send(count, calls.link) };
}

/** The names of a contact's fields as PostGraphile derives them. */
function peerContact(index: number): Record<string, string> {
  const { name = '', first_name = '', last_name = '', email = '', phone = '' } = contactFields(index, 0);
  return { externalId: contactKey(index), name, firstName: first_name, lastName: last_name, email, phone };
}

const graphql = (query: string, variables: object): Buffer =>
  post('/graphql', JSON.stringify({ query, variables }), { Accept: 'application/json' });

async function startPostgraphile(stage: Stage): Promise<string> {
  await stage.database.query(`drop schema if exists peer cascade; ${peerSchema}`);
  return (await stage.limitProcess('peers/postgraphile.mjs', [stage.databaseUrl])).url;
}

/** GraphQL answers 200 whatever happened. */
async function expectRows(stage: Stage, count: number): Promise<void> {
  const { rows } = await stage.database.query(
    'select (select count(*) from peer.contact)::int as contacts, (select count(*) from peer.claim_contact)::int as links',
  );
  if (rows[0].contacts !== count + 500 || rows[0].links !== count + 500)
    throw new Error(`PostGraphile wrote ${JSON.stringify(rows[0])}.`);
}

/** With what it makes of the tables: a query by the key, then a mutation. */
const postgraphile: Peer = {
  title: 'PostGraphile',
  async measure(stage, count) {
    const url = await startPostgraphile(stage);
    const ids = new Map<string, number>();
    const find = (type: string, key: string): string =>
      `${type}ByExternalId(externalId: ${JSON.stringify(key)}) { rowId }`;
    const create = (type: string, values: object): Buffer =>
      graphql(
        `mutation ($values: ${type}Input!) { create${type}(input: { ${lowerFirst(type)}: $values }) { clientMutationId } }`,
        { values },
      );
    const calls: Calls = {
      claim: (index) => [
        graphql(`{ ${find('claim', claimKey(index))} }`, {}),
        create('Claim', { externalId: claimKey(index), name: claimKey(index) }),
      ],
      contact: (index) => [
        graphql('query ($key: String!) { contactByExternalId(externalId: $key) { rowId } }', {
          key: contactKey(index),
        }),
        create('Contact', peerContact(index)),
      ],
      link: (index) => {
        const claim = claimKey(index);
        const contact = contactKey(index);
        // Which ids the query gives was looked up before the clock started: the answers are not read here.
        const ends = { claimId: ids.get(claim), contactId: ids.get(contact), role };
        return [
          graphql(
            `query ($claim: String!, $contact: String!) {
               claimByExternalId(externalId: $claim) { rowId } contactByExternalId(externalId: $contact) { rowId } }`,
            { claim, contact },
          ),
          create('ClaimContact', ends),
        ];
      },
    };
    const rates = await measure(url, count, calls, async () => {
      const { rows } = await stage.database.query(
        'select external_id, id from peer.contact union all select external_id, id from peer.claim',
      );
      for (const { external_id, id } of rows) ids.set(external_id, id);
    });
    await expectRows(stage, count);
    return rates;
  },
};

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** With functions in SQL that its user wrote: PostgreSQL does the upsert, PostGraphile passes it on. */
const postgraphileFunctions: Peer = {
  title: 'PostGraphile with SQL functions of one’s own',
  async measure(stage, count) {
    const url = await startPostgraphile(stage);
    const calls: Calls = {
      claim: (index) => [
        graphql('mutation ($key: String!) { upsertClaim(input: { key: $key, itsName: $key }) { clientMutationId } }', {
          key: claimKey(index),
        }),
      ],
      contact: (index) => [
        graphql(
          `mutation ($externalId: String!, $name: String!, $firstName: String!, $lastName: String!, $email: String!, $phone: String!) {
             upsertContact(input: { key: $externalId, itsName: $name, first: $firstName, last: $lastName, itsEmail: $email,
               itsPhone: $phone }) { clientMutationId } }`,
          peerContact(index),
        ),
      ],
      link: (index) => [
        graphql(
          `mutation ($claim: String!, $contact: String!, $role: String!) {
             linkContact(input: { claimKey: $claim, contactKey: $contact, itsRole: $role }) { clientMutationId } }`,
          { claim: claimKey(index), contact: contactKey(index), role },
        ),
      ],
    };
    const rates = await measure(url, count, calls);
    await expectRows(stage, count);
    return rates;
  },
};

const peerSchema = `
  create schema peer;
  create table peer.contact (
    id bigint generated always as identity primary key, external_id text not null unique, name text, first_name text, last_name text,
    email text, phone text, updated_at timestamptz not null default now());
  create table peer.claim (
    id bigint generated always as identity primary key, external_id text not null unique, name text);
  create table peer.claim_contact (
    claim_id bigint not null references peer.claim, contact_id bigint not null references peer.contact, role text not null,
    primary key (claim_id, contact_id, role));
  create index on peer.claim_contact (contact_id);
  create function peer.upsert_contact(key text, its_name text, first text, last text, its_email text, its_phone text)
    returns peer.contact language sql volatile as $$
      insert into peer.contact (external_id, name, first_name, last_name, email, phone)
      values (key, its_name, first, last, its_email, its_phone)
      on conflict (external_id) do update set name = excluded.name, first_name = excluded.first_name,
        last_name = excluded.last_name, email = excluded.email, phone = excluded.phone, updated_at = now()
      returning * $$;
  create function peer.upsert_claim(key text, its_name text) returns peer.claim language sql volatile as $$
    insert into peer.claim (external_id, name) values (key, its_name)
    on conflict (external_id) do update set name = excluded.name returning * $$;
  create function peer.link_contact(claim_key text, contact_key text, its_role text) returns peer.claim_contact
    language sql volatile as $$
      insert into peer.claim_contact (claim_id, contact_id, role)
      select c.id, k.id, its_role from peer.claim c, peer.contact k
      where c.external_id = claim_key and k.external_id = contact_key
      on conflict (claim_id, contact_id, role) do update set role = excluded.role returning * $$`;

const parseServer: Peer = {
  title: 'Parse Server',
  async measure(stage, count) {
    const { url } = await stage.limitProcess('peers/parse-server.mjs', [stage.databaseUrl]);
    const call = (name: string, parameters: object): Buffer =>
      post(`/parse/functions/${name}`, JSON.stringify(parameters), {
        'X-Parse-Application-Id': 'bench',
        'X-Parse-Master-Key': 'bench',
      });
    return await measure(url, count, {
      claim: (index) => [call('upsertClaim', { externalId: claimKey(index), name: claimKey(index) })],
      contact: (index) => {
        const { email, ...fields } = contactFields(index, 0);
        return [call('upsertContact', { externalId: contactKey(index), ...fields, email_address: email })];
      },
      link: (index) => [call('linkContact', { claimKey: claimKey(index), contactKey: contactKey(index), role })],
    });
  },
};
