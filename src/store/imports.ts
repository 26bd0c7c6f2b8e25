/** Bulk imports, and the rows of them that were rejected. */
import type { ImportCommand } from '../model/commands.ts';
import type { ImportCounts, ImportState, RowViolation } from '../model/imports.ts';
import { shorten, storableText } from '../model/text.ts';
import { int8Array } from './postgres/arrays.ts';
import type { Sender, Transaction } from './postgres/database.ts';

export type ImportRecord = {
  readonly import: number;
  readonly command: ImportCommand;
  readonly state: ImportState;
  readonly attempt: number;
  readonly rows_done: number;
  readonly counts: ImportCounts;
  readonly principal_id: number;
  readonly request: string;
  readonly requests: readonly string[];
  readonly reverts: number | null;
  readonly reverted_by: number | null;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly failure: string | null;
  /** It does just what this plan says, in one transaction. */
  readonly plan: string | null;
};

const columns =
  'i.import, i.command, i.state, i.attempt, i.rows_done, i.counts, i.principal_id, i.request, i.started_at, i.finished_at, i.failure, i.requests, i.reverts, i.reverted_by, i.plan';

/** @returns its number. It is at its first attempt. */
export async function insertImport(
  tx: Transaction,
  workspace: number,
  row: Pick<ImportRecord, 'command' | 'counts' | 'principal_id' | 'request' | 'started_at'> & {
    readonly via: string;
    readonly reverts?: number;
    readonly plan?: string | null;
  },
): Promise<number> {
  const [made] = await tx.query<{ import: number }>(
    `insert into import (workspace_id, command, state, attempt, rows_done, counts, principal_id, via, request, requests, started_at, active_at, reverts, plan)
     values ($1, $2, 'receiving', 1, 0, $3, $4, $5, $6, array[$6], $7, $7, $8, $9) returning import`,
    [
      workspace,
      JSON.stringify(row.command),
      JSON.stringify(row.counts),
      row.principal_id,
      row.via,
      row.request,
      row.started_at,
      row.reverts ?? null,
      row.plan ?? null,
    ],
  );
  if (made === undefined) throw new Error('insert gave no row');
  return made.import;
}

/** Until the transaction ends, nobody else writes rows of it, and somebody is known to be at work on it. */
export async function holdImport(tx: Transaction, workspace: number, id: number): Promise<void> {
  await tx.query('select 1 from import where workspace_id = $1 and import = $2 for update', [workspace, id]);
}

/** One by a plan is a single transaction, which holds it: nothing of it was written. What was written of any other stays. */
const isLost = {
  failed: 'plan is not null and started_at < $3',
  cut_short: 'plan is null and active_at < $3',
} as const;

/** Of these imports those of which nothing was heard since a time, and on which nobody is at work. @returns how many. */
export async function endLostImports(
  tx: Transaction,
  workspace: number,
  ids: readonly number[],
  { state, before, failure, now }: { state: keyof typeof isLost; before: Date; failure: string; now: Date },
): Promise<number> {
  const rows = await tx.query(
    `update import set state = $6, failure = $4, finished_at = $5 where workspace_id = $1 and import in (
       select import from import
       where workspace_id = $1 and import = any($2::bigint[]) and state = 'receiving' and ${isLost[state]}
       for update skip locked)
     returning import`,
    [workspace, int8Array(ids), before, failure, now, state],
  );
  return rows.length;
}

/** Says that its server is at work. */
export async function keepImportAlive(
  tx: Transaction,
  workspace: number,
  { import: id, attempt }: Pick<ImportRecord, 'import' | 'attempt'>,
  at: Date,
): Promise<void> {
  await tx.query(
    `update import set active_at = $4 where workspace_id = $1 and import = $2 and attempt = $3 and state = 'receiving'`,
    [workspace, id, attempt, at],
  );
}

/** Goes on with an import under a new attempt, whose number is in the answer: nobody else can write to it then. */
export async function reopenImport(
  tx: Transaction,
  workspace: number,
  id: number,
  request: string,
  at: Date,
): Promise<ImportRecord | undefined> {
  const [row] = await tx.query<ImportRecord>(
    `update import i set state = 'receiving', attempt = i.attempt + 1, active_at = $4, finished_at = null, failure = null, requests = i.requests || $3::text
     where i.workspace_id = $1 and i.import = $2 returning ${columns}`,
    [workspace, id, request, at],
  );
  return row;
}

type Place = Pick<ImportRecord, 'rows_done' | 'counts'>;

/**
 * How far the import is when this transaction is committed: until then, nobody else can say so. Fails the transaction, by dividing by
 * zero, when the import is not where it was said to be, or somebody else went on with it: what was sent behind must not stay. One that was
 * given up too soon, as its server was not heard of, is at work again.
 * @returns when the import is held: by a statement of its own, as one that waits for a row has looked at what it was before.
 */
export function advanceImport(
  tx: Transaction,
  workspace: number,
  { import: id, attempt }: Pick<ImportRecord, 'import' | 'attempt'>,
  from: Place,
  to: Place,
  at: Date,
): Promise<void> {
  const held = tx.perform(
    { name: 'hold_import', text: 'select 1 from import where workspace_id = $1 and import = $2 for no key update' },
    [workspace, id],
  );
  tx.send(
    {
      name: 'advance_import',
      text: `
        with advanced as (
          update import set rows_done = $6, counts = $7, active_at = $8, finished_at = null, failure = null,
            state = case state when 'cut_short' then 'receiving' else state end
          where workspace_id = $1 and import = $2 and attempt = $3 and rows_done = $4 and counts::jsonb = $5::jsonb
          returning import
        )
        select 1 / count(*) as advanced from advanced`,
    },
    [workspace, id, attempt, from.rows_done, JSON.stringify(from.counts), to.rows_done, JSON.stringify(to.counts), at],
  );
  return held;
}

/** The change rows of this transaction, all of one batch, are the import's. */
export function noteImportBatch(tx: Sender, workspace: number, id: number): void {
  tx.send(
    {
      name: 'note_import_batch',
      text: `
        insert into import_batch (workspace_id, batch, import) values ($1, currval('batch_number'), $2) on conflict do nothing`,
    },
    [workspace, id],
  );
}

/** One that has ended already, which its server was perhaps not told, stays as it is; not one that was given up too soon. */
export async function endImport(
  tx: Transaction,
  workspace: number,
  row: Pick<ImportRecord, 'import' | 'attempt' | 'state' | 'failure' | 'finished_at'>,
): Promise<void> {
  await tx.query(
    `update import set state = $4, failure = $5, finished_at = $6
     where workspace_id = $1 and import = $2 and attempt = $3 and state in ('receiving', 'cut_short')`,
    [
      workspace,
      row.import,
      row.attempt,
      row.state,
      row.failure === null ? null : storableText(row.failure),
      row.finished_at,
    ],
  );
}

export type ShownImport = ImportRecord & { readonly principal_name: string };

/** Newest first, of one principal or of all (null), of one record type or of all, links too (null), before the number `before`. */
export function readImports(
  tx: Transaction,
  workspace: number,
  query: { principal: number | null; type: string | null; before: number; limit: number },
): Promise<ShownImport[]> {
  const wanted = [
    { is: 'i.principal_id', value: query.principal },
    { is: "i.command ->> 'type'", value: query.type },
  ].filter(({ value }) => value !== null);
  return tx.query<ShownImport>(
    `select ${columns}, p.name as principal_name from import i
       join principal p on p.principal_id = i.principal_id and p.workspace_id = $1
     where i.workspace_id = $1 and i.import < $2 ${wanted.map(({ is }, place) => `and ${is} = $${place + 4}`).join(' ')}
     order by i.import desc limit $3`,
    [workspace, query.before, query.limit, ...wanted.map(({ value }) => value)],
  );
}

export async function findImport(tx: Transaction, workspace: number, id: number): Promise<ShownImport | undefined> {
  const [row] = await tx.query<ShownImport>(
    `select ${columns}, p.name as principal_name from import i
       join principal p on p.principal_id = i.principal_id and p.workspace_id = $1
     where i.workspace_id = $1 and i.import = $2`,
    [workspace, id],
  );
  return row;
}

export type RejectionRow = {
  readonly row: number;
  readonly line: number;
  readonly key: string | null;
  readonly violations: readonly RowViolation[];
  readonly source: string;
};

/** Of a longer row, or key, only the beginning is kept. */
const sourceCharacters = 16_384;
const keyCharacters = 1_024;

export function insertRejections(tx: Sender, workspace: number, id: number, rows: readonly RejectionRow[]): void {
  tx.send(
    {
      name: 'insert_rejections',
      text: `
        insert into import_rejection (workspace_id, import, row, line, key, violations, source)
        select $1, $2, n.* from unnest($3::bigint[], $4::bigint[], $5::text[], $6::json[], $7::text[]) n`,
    },
    [
      workspace,
      id,
      rows.map((one) => one.row),
      rows.map((one) => one.line),
      rows.map((one) => (one.key === null ? null : storableText(shorten(one.key, keyCharacters)))),
      rows.map((one) => JSON.stringify(one.violations)),
      rows.map((one) => storableText(one.source.slice(0, sourceCharacters))),
    ],
  );
}

/** In the order of the body, beyond the row `after`. */
export const readRejections = (
  tx: Transaction,
  workspace: number,
  query: { import: number; after: number; limit: number },
): Promise<RejectionRow[]> =>
  tx.query<RejectionRow>(
    `select row, line, key, violations, source from import_rejection
     where workspace_id = $1 and import = $2 and row > $3 order by row limit $4`,
    [workspace, query.import, query.after, query.limit],
  );

/** Whoever still went on with it is stopped by the next attempt. @param by the import that takes it back. */
export async function markImportReverted(
  tx: Transaction,
  workspace: number,
  id: number,
  { by, at }: { readonly by: number; readonly at: Date },
): Promise<void> {
  await tx.query(
    `update import set state = 'reverted', reverted_by = $3, attempt = attempt + 1, finished_at = coalesce(finished_at, $4)
     where workspace_id = $1 and import = $2`,
    [workspace, id, by, at],
  );
}
