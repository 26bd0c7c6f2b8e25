// Links by the external keys of both sides, with a role: one by one, and a million in one body.
import { contactKey, importRows, writeBody } from './bodies.ts';
import { ensureContacts } from './bulk.ts';
import { compare, type Figure, progress } from './figure.ts';
import { load, requestBytes } from './http-load.ts';
import { copyTables, dumpSince, loadDumps, markTables } from './limit-tables.ts';
import { connections, prepare } from './singles.ts';
import { type Stage, token } from './stage.ts';

const roles = ['Claimant', 'Broker', 'Adjuster', 'Attorney', 'Insured', 'Witness'] as const;
const claimKey = (index: number): string => `CL-${String(index).padStart(8, '0')}`;

export async function storeClaims(stage: Stage, count: number): Promise<void> {
  const row = (index: number): string => JSON.stringify({ external_id: claimKey(index), name: `Claim ${index}` });
  const body = await writeBody(`${stage.folder}/claims.ndjson`, count, row);
  await importRows(stage.server.url, '/v1/records/claim/import', body);
}

let pairs = 0;

/** Half of them link two records that were not linked, half of them give a linked pair one more role. */
function linkRequests(count: number, claims: number, contacts: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const pair = index % 2 === 0 ? pairs++ : pairs - 1;
    const role = roles[index % 2] as string;
    return requestBytes(
      {
        method: 'PUT',
        path: `/v1/records/claim/external_id:${claimKey(pair % claims)}/links/contacts/external_id:${contactKey((pair * 7_919 + Math.floor(pair / contacts)) % contacts)}`,
        body: JSON.stringify({ role }),
      },
      token,
    );
  });
}

const singleClaims = 10_000;
const withClaims = new WeakSet<Stage>();

/** @returns how many links a second are made, between that many contacts and at most 10,000 claims. */
async function linkRate(stage: Stage, contacts: number): Promise<number> {
  const claims = Math.min(singleClaims, contacts);
  if (!withClaims.has(stage)) await storeClaims(stage, Math.min(singleClaims, stage.size.records));
  withClaims.add(stage);
  const requests = linkRequests(stage.size.requests, claims, contacts);
  // The second link of a pair comes long after its first, so that two of the 64 callers do not race for it.
  const [first, second] = [0, 1].map((half) => requests.filter((_, index) => index % 2 === half)) as [
    Buffer[],
    Buffer[],
  ];
  return (await load(stage.server.url, connections, [...first, ...second])).perSecond;
}

export const linkMicroseconds = async (stage: Stage, contacts: number): Promise<number> =>
  1e6 / (await linkRate(stage, contacts));

export async function singleLink(stage: Stage): Promise<Figure> {
  await prepare(stage);
  const contacts = Math.min(stage.size.records, 100_000);
  await linkRate(stage, contacts); // warms up
  await copyTables(stage.database);
  const script = await linkScript(stage, Math.min(singleClaims, contacts), contacts);
  return await compare({
    name: 'single-link',
    unit: 'links a second',
    beside: 'pgbench, both look-ups, the link and its change row in one transaction, 32 clients',
    target: { atLeast: 1.2 },
    rounds: 3,
    async ours() {
      await stage.settle();
      return await linkRate(stage, contacts);
    },
    async limit() {
      await stage.settle();
      return (await stage.pgbench([script], { clients: 32, seconds: 4 })).perSecond;
    },
  });
}

/** What pgbench writes is what Keyway wrote for a link like it. */
async function linkScript(stage: Stage, claims: number, contacts: number): Promise<string> {
  const { rows } = await stage.database.query(
    `select c.*, c.after::text as after_text, l.type as left_type, r.type as right_type
     from change c join record l on l.workspace_id = c.workspace_id and l.number = c.number
       join record r on r.workspace_id = c.workspace_id and r.number = c.other_number
     where c.kind = 'linked' order by c.batch desc limit 1`,
  );
  const row = rows[0];
  const side = (type: number, prefix: string, name: string): string =>
    `select number as ${name} from record where workspace_id = 1 and type = ${type} and external_id = '${prefix}' || substr((:${name}_key)::text, 2) \\gset\n`;
  return `\\set left_key 100000000 + random(0, ${claims - 1})
\\set right_key 100000000 + random(0, ${contacts - 1})
\\set role random(1, 1000)
begin;
${side(row.left_type, 'CL-', 'left')}${side(row.right_type, 'C-', 'right')}insert into link (workspace_id, link_type, left_number, right_number, slot, role, created_at, updated_at)
  values (1, ${row.link_type}, :left, :right, :role, :role, now(), now())
  on conflict (workspace_id, link_type, left_number, right_number, slot) do update set updated_at = excluded.updated_at
  returning number as link \\gset
insert into change (workspace_id, batch, row, kind, number, version, link_type, link_number, other_number, principal_id, via, request, at, before, after)
  values (1, nextval('batch_number'), 0, 'linked', :left, ${row.version ?? 'null'}, ${row.link_type}, :link, :right, ${row.principal_id},
    '${row.via}', '${row.request}', now(), null, '${row.after_text}');
commit;
`;
}

export const linksPath = '/v1/links/claim.contacts/import';

/** Ten links of each claim, to contacts in no order. */
export const writeLinks = (stage: Stage, count: number, keyOf: (contact: number) => string): Promise<string> =>
  writeBody(`${stage.folder}/links.ndjson`, count, (index) =>
    JSON.stringify({
      left: `external_id:${claimKey(Math.floor(index / 10))}`,
      right: `external_id:${keyOf((index * 7_919) % count)}`,
      role: roles[index % roles.length],
    }),
  );

/** A tenth as many claims as links, each with ten contacts. */
export async function bulkLinks(stage: Stage): Promise<Figure> {
  const { records: count } = stage.size;
  await ensureContacts(stage);
  const claims = Math.max(1, Math.ceil(count / 10));
  await storeClaims(stage, claims);
  progress('bulk-links: the tables of the limit');
  await stage.settle({ vacuum: true });
  await copyTables(stage.database);
  const body = await writeLinks(stage, count, contactKey);
  const mark = await markTables(stage.database);
  return await compare({
    name: 'bulk-links',
    unit: `s for ${count.toLocaleString('en')} links`,
    beside: 'COPY of the same rows into the link and change tables',
    target: { atMost: 1.5 },
    rounds: 1,
    async ours() {
      await stage.settle();
      const { result, walMb } = await stage.walOf(() => importRows(stage.server.url, linksPath, body));
      return { value: result, walMb };
    },
    async limit() {
      const dumps = await dumpSince(stage, mark);
      await stage.settle();
      const { result, walMb } = await stage.walOf(() => loadDumps(stage.database, dumps));
      return { value: result, walMb };
    },
  });
}
