/** The elements of runs that are kept: those that were refused or have an issue, and the first of those that changed something. */
import type { ElementKind } from '../model/outcomes.ts';
import { storableText } from '../model/text.ts';
import { int8Array, textArray } from './arrays.ts';
import type { Transaction } from './database.ts';

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
};

/** In the order of the body, behind a place. */
export const readElements = (
  tx: Transaction,
  workspace: number,
  run: number,
  { outcomes, key, places }: ElementFilter,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<RunElement[]> =>
  tx.query<RunElement>(
    {
      name: 'read_run_elements',
      text: `
        select place, key, number, outcome, source from run_element
        where workspace_id = $1 and run = $2 and place > $3
          and ($5::text[] = '{}' or outcome = any($5)) and ($6::text is null or key = $6)
          and ($7::bigint[] is null or place = any($7))
        order by place limit $4`,
    },
    [workspace, run, after, limit, textArray(outcomes), key, places && int8Array(places)],
  );
