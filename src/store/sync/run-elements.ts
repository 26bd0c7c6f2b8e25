/** The elements of runs that are kept: those that were refused or have an issue, and the first of those that changed something. */
import type { ElementKind } from '../../model/runs.ts';
import { storableText } from '../../model/text.ts';
import { int8Array, textArray } from '../postgres/arrays.ts';
import type { Page, Transaction } from '../postgres/database.ts';

export type RunElement = {
  /** In the body, from 0. */
  readonly place: number;
  readonly key: string | null;
  /** Of its record, if it has one. */
  readonly number: number | null;
  readonly outcome: ElementKind;
  /** As its sender wrote it, in the format of the run; null where it was not kept. */
  readonly source: string | null;
};

/** `resolved_by`: the run that applied it after all. */
export type StoredElement = RunElement & { readonly resolved_by: number | null };

/** An element that came before keeps what it is. */
export function insertElements(tx: Transaction, workspace: number, run: number, elements: readonly RunElement[]): void {
  tx.send(
    {
      name: 'insert_elements',
      text: `
        insert into run_element (workspace_id, run, place, key, number, outcome, source)
        select $1, $2, n.* from unnest($3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::text[]) n
        on conflict do nothing`,
    },
    [
      workspace,
      run,
      int8Array(elements.map(({ place }) => place)),
      textArray(elements.map(({ key }) => key && storableText(key))),
      int8Array(elements.map(({ number }) => number)),
      textArray(elements.map(({ outcome }) => outcome)),
      textArray(elements.map(({ source }) => source)),
    ],
  );
}

export function forgetElementsOf(tx: Transaction, workspace: number, run: number): void {
  tx.send('delete from run_element where workspace_id = $1 and run = $2', [workspace, run]);
}

/** null: whatever it is. Empty outcomes: all. */
export type ElementFilter = {
  readonly outcomes: readonly ElementKind[];
  readonly key: string | null;
  readonly places: readonly number[] | null;
  readonly resolved: boolean | null;
  /** Those with an issue of it. */
  readonly severity: 'error' | 'warning' | null;
};

/** In the order of the body, behind a place. */
export const readElements = (
  tx: Transaction,
  workspace: number,
  run: number,
  { outcomes, key, places, resolved, severity }: ElementFilter,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<Page<StoredElement>> =>
  tx.page<StoredElement>(
    {
      name: 'read_run_elements',
      text: `
        select place, key, number, outcome, source, resolved_by from run_element
        where workspace_id = $1 and run = $2 and place > $3
          and ($5::text[] = '{}' or outcome = any($5)) and ($6::text is null or key = $6)
          and ($7::bigint[] is null or place = any($7))
          and ($8::bool is null or (resolved_by is not null) = $8)
          and ($9::text is null or exists (
            select from issue i
            where i.workspace_id = $1 and i.run = $2 and i.place = run_element.place and i.severity = $9))
        order by place limit $4`,
    },
    [workspace, run, after, limit + 1, textArray(outcomes), key, places && int8Array(places), resolved, severity],
    limit,
  );

// ---- replays: another run applies them

const isOpen = `resolved_by is null and source is not null and (
  outcome = 'rejected' or outcome <> 'superseded' and place in (
    select place from issue where workspace_id = $1 and run = $2 and severity = 'error'))`;

/** Those that were rejected, or applied but for an error; are not resolved, and can be read again. */
export async function countOpen(tx: Transaction, workspace: number, run: number): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `select count(*) as count from run_element where workspace_id = $1 and run = $2 and ${isOpen}`,
    [workspace, run],
  );
  return row?.count ?? 0;
}

/** The same, in the order of the body. */
export const readOpen = (
  tx: Transaction,
  workspace: number,
  run: number,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<{ readonly place: number; readonly source: string }[]> =>
  tx.query(
    `select place, source from run_element where workspace_id = $1 and run = $2 and place > $3 and ${isOpen}
     order by place limit $4`,
    [workspace, run, after, limit],
  );

/** Where the elements with these keys stand; of several with one key the first that is not resolved, and was rejected. */
export const readPlaces = (
  tx: Transaction,
  workspace: number,
  run: number,
  keys: readonly string[],
): Promise<{ readonly key: string; readonly place: number }[]> =>
  tx.query(
    `select distinct on (key) key, place from run_element where workspace_id = $1 and run = $2 and key = any($3::text[])
     order by key, resolved_by is not null, outcome <> 'rejected', place`,
    [workspace, run, textArray(keys)],
  );

/**
 * The elements of `run` that its replay has applied, and left nothing to mend of, are resolved, and so are their issues; of several that were
 * rejected for having one key the others too, as somebody has chosen among them.
 */
export function markResolved(tx: Transaction, workspace: number, run: number, replay: number): void {
  const values = [workspace, run, replay];
  tx.send(
    `update run_element e set resolved_by = $3 from run_element r
     where e.workspace_id = $1 and e.run = $2 and r.workspace_id = $1 and r.run = $3 and r.place = e.place
       and r.outcome not in ('rejected', 'superseded') and not exists (
         select from issue i where i.workspace_id = $1 and i.run = $3 and i.place = r.place and i.severity = 'error')`,
    values,
  );
  tx.send(
    `update run_element set resolved_by = $3
     where workspace_id = $1 and run = $2 and outcome = 'rejected' and resolved_by is null and key in (
       select key from run_element where workspace_id = $1 and run = $2 and resolved_by = $3)`,
    values,
  );
  tx.send(
    `update issue i set resolved_by = $3 from run_element e
     where i.workspace_id = $1 and i.run = $2 and e.workspace_id = $1 and e.run = $2 and e.resolved_by = $3 and i.place = e.place`,
    values,
  );
}

/** The replay was taken back. */
export function unmarkResolved(tx: Transaction, workspace: number, run: number, replay: number): void {
  for (const table of ['run_element', 'issue'])
    tx.send(`update ${table} set resolved_by = null where workspace_id = $1 and run = $2 and resolved_by = $3`, [
      workspace,
      run,
      replay,
    ]);
}
