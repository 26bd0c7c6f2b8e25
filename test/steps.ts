// Short words for tests that work on a hub: what came back, or an error that says what came instead.
import pg from 'pg';
import type { Hub } from '../src/engine/hub.ts';
import type { Catalogue } from '../src/model/catalogue.ts';
import type { Violation } from '../src/model/outcomes.ts';
import type { Caller } from '../src/model/principal.ts';
import type { LinkView, RecordView } from '../src/model/record.ts';
import { byKey, type Ref } from '../src/model/ref.ts';
import type { RunView } from '../src/model/runs.ts';
import type { SchemaDocument } from '../src/model/schema.ts';

export const key = (value: string): Ref => byKey('external_id', value);

const surprise = (outcome: object): Error => new Error(`Got ${JSON.stringify(outcome).slice(0, 2_000)}`);

/** The record of an outcome that has one. */
export function recordOf(outcome: { kind: string }): RecordView {
  if ('record' in outcome && (outcome.record as object | null) !== null && 'fields' in (outcome.record as object))
    return outcome.record as RecordView;
  throw surprise(outcome);
}

export function linkOf(outcome: { kind: string }): LinkView {
  if ('link' in outcome) return outcome.link as LinkView;
  throw surprise(outcome);
}

export function itemsOf<Item>(outcome: { kind: 'page'; items: readonly Item[] } | { kind: string }): readonly Item[] {
  if (outcome.kind === 'page' && 'items' in outcome) return outcome.items;
  throw surprise(outcome);
}

/** The last runs of an interface, newest first. */
export const lastRuns = async (
  hub: Hub,
  caller: Caller,
  endpoint: string,
  limit: number,
): Promise<readonly RunView[]> => itemsOf<RunView>(await hub.runs(caller, endpoint, { states: [], limit }));

/** The codes of a refusal's violations, sorted; the outcome's kind when it is none. */
export function codesOf(outcome: { kind: string }): readonly string[] {
  return outcome.kind === 'rejected'
    ? violationsOf(outcome)
        .map((one) => one.code)
        .sort()
    : [outcome.kind];
}

/** `code field` of each violation, sorted. */
export function refusals(outcome: { kind: string }): readonly string[] {
  return violationsOf(outcome)
    .map((one) => ('field' in one ? `${one.code} ${one.field}` : one.code))
    .sort();
}

function violationsOf(outcome: { kind: string }): readonly Violation[] {
  if (outcome.kind === 'rejected' && 'violations' in outcome) return outcome.violations as readonly Violation[];
  throw surprise(outcome);
}

/** Applies a change of the schema that must succeed. */
export async function amend(
  hub: Hub,
  caller: Caller,
  change: (current: SchemaDocument) => SchemaDocument,
  allowLoss = false,
): Promise<Catalogue> {
  const outcome = await hub.applySchema(caller, change, { allowLoss });
  if (outcome.kind === 'applied') return outcome.catalogue;
  throw surprise(outcome);
}

/** Both documents in one: maps are merged one level deep, what `more` has wins. */
export const merged = (current: SchemaDocument, more: SchemaDocument): SchemaDocument => ({
  types: { ...current.types, ...more.types },
  links: { ...current.links, ...more.links },
  role_lists: { ...current.role_lists, ...more.role_lists },
  interfaces: { ...current.interfaces, ...more.interfaces },
});

/** Runs one statement on the database beside the hub. */
export async function query<Row extends pg.QueryResultRow>(
  databaseUrl: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return (await connectionsOf(databaseUrl).query<Row>(sql, [...values])).rows;
}

/** To connect is ten times the work of most statements. What is idle ends soon by itself, or with its database, which is no fault. */
const connections = new Map<string, pg.Pool>();

function connectionsOf(databaseUrl: string): pg.Pool {
  const known = connections.get(databaseUrl);
  if (known !== undefined) return known;
  const pool = new pg.Pool({ connectionString: databaseUrl, idleTimeoutMillis: 1_000, allowExitOnIdle: true });
  pool.on('error', () => {});
  connections.set(databaseUrl, pool);
  return pool;
}

/** Of records and links; what tells of runs is of none. */
export async function changeRows(databaseUrl: string): Promise<number> {
  const [row] = await query<{ count: number }>(
    databaseUrl,
    'select count(*)::int as count from change where number > 0',
  );
  return row?.count ?? 0;
}
