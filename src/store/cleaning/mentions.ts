/**
 * Texts that are kept and name a record: found by reading all of what is kept of a workspace for some time, since no index leads from a
 * word to the texts that it stands in. An erasure does so, and nothing else (ADR 0020).
 */
import { int8Array, textArray } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';

/** The text has `constant`, and matches `pattern`; both when it is decomposed (Unicode NFD), where that is said. */
export type Mention = { readonly constant: string; readonly pattern: string; readonly decomposed: boolean };

/** What is put in the place of a text. */
const erasedText = 'Erased.';

/** Whether an expression names one of them: three parameters, from the one of this number on. */
const names = (expression: string, first: number): string =>
  `exists (select from unnest($${first}::text[], $${first + 1}::text[], $${first + 2}::bool[]) w (constant, pattern, decomposed)
           cross join lateral (
             select case when w.decomposed then normalize(${expression}, NFD) else ${expression} end as text offset 0) t
           where strpos(t.text, w.constant) > 0 and t.text ~ w.pattern)`;

const together = (...columns: string[]): string => `concat_ws(E'\\n', ${columns.join(', ')})`;

const listsOf = (mentions: readonly Mention[]): [Buffer, Buffer, boolean[]] => [
  textArray(mentions.map(({ constant }) => constant)),
  textArray(mentions.map(({ pattern }) => pattern)),
  mentions.map(({ decomposed }) => decomposed),
];

type Named = {
  readonly numbers: readonly number[];
  /** Match a text that is all of one of the keys. */
  readonly keys: readonly Mention[];
  readonly mentions: readonly Mention[];
};

const count = async (tx: Transaction, text: string, values: readonly unknown[]): Promise<number> =>
  (await tx.query(text, values)).length;

/** Issues of the records, of elements with their keys, and such as name them in what they say. */
export const emptyIssues = (tx: Transaction, workspace: number, { numbers, keys, mentions }: Named): Promise<number> =>
  count(
    tx,
    `update issue set key = null, path = null, member = null, sent_as = null, value = null, message = $2, remedy = ''
     where workspace_id = $1 and message <> $2 and (number = any($3::bigint[]) or ${names('key', 4)}
       or ${names(together('key', 'path', 'member', 'sent_as', 'value', 'message', 'remedy'), 7)})
     returning row`,
    [workspace, erasedText, int8Array(numbers), ...listsOf(keys), ...listsOf(mentions)],
  );

/** Elements of runs: of the records, with their keys, and such as name them. */
export const emptyElements = (
  tx: Transaction,
  workspace: number,
  { numbers, keys, mentions }: Named,
): Promise<number> =>
  count(
    tx,
    `update run_element set key = null, source = null
     where workspace_id = $1 and (key is not null or source is not null)
       and (number = any($2::bigint[]) or ${names('key', 3)} or ${names(together('key', 'source'), 6)})
     returning place`,
    [workspace, int8Array(numbers), ...listsOf(keys), ...listsOf(mentions)],
  );

export const emptyRejections = (
  tx: Transaction,
  workspace: number,
  { type, keys, mentions }: Omit<Named, 'numbers'> & { readonly type: string },
): Promise<number> =>
  count(
    tx,
    `update import_rejection r set key = null, source = '', violations = $2
     where r.workspace_id = $1 and r.source <> '' and (
       (${names('r.key', 4)} and exists (
         select from import i where i.workspace_id = $1 and i.import = r.import and i.command ->> 'type' = $3))
       or ${names(together('r.key', 'r.source', 'r.violations::text'), 7)})
     returning r.row`,
    [
      workspace,
      JSON.stringify([{ code: 'row_unreadable', message: erasedText }]),
      type,
      ...listsOf(keys),
      ...listsOf(mentions),
    ],
  );

/** Why runs and imports failed may be told in the words of what was sent. */
export async function emptyFailures(tx: Transaction, workspace: number, mentions: readonly Mention[]): Promise<number> {
  const values = [workspace, erasedText, ...listsOf(mentions)];
  const runs = await count(
    tx,
    `update run set failure = case when failure is null then null else $2 end, scope = null
     where workspace_id = $1 and (failure is not null or scope is not null)
       and ${names(together('failure', 'scope::text'), 3)} returning run`,
    values,
  );
  const imports = await count(
    tx,
    `update import set failure = $2 where workspace_id = $1 and failure is not null and ${names('failure', 3)} returning import`,
    values,
  );
  return runs + imports;
}

/** A request that is repeated after that is a new one. One that is being answered has no answer yet: the erasure itself may be sent with such a key. */
export const deleteAnswers = (tx: Transaction, workspace: number, mentions: readonly Mention[]): Promise<number> =>
  count(
    tx,
    `delete from idempotency using (
       select ctid as place from idempotency
       where workspace_id = $1 and ${names(together('key', 'outcome'), 2)} for update skip locked) gone
     where idempotency.ctid = gone.place and idempotency.workspace_id = $1 returning idempotency.key`,
    [workspace, ...listsOf(mentions)],
  );

/** Answers that were to be fetched: of the records, or naming them. */
export const deleteJobs = (
  tx: Transaction,
  workspace: number,
  { numbers, mentions }: Omit<Named, 'keys'>,
): Promise<number> =>
  count(
    tx,
    `delete from job where workspace_id = $1 and (about && $2::bigint[] or ${names(together('key', 'results'), 3)}) returning job`,
    [workspace, int8Array(numbers), ...listsOf(mentions)],
  );

/** Plans that show one of the records, or were asked for by its key, cannot be applied any more. */
export async function deletePlans(tx: Transaction, workspace: number, mentions: readonly Mention[]): Promise<number> {
  const rows = await tx.query<{ plan: string }>(
    `delete from plan p where p.workspace_id = $1 and (${names(together('p.call', 'p.said'), 2)} or exists (
       select from plan_item i where i.workspace_id = $1 and i.plan = p.plan and ${names('i.item', 2)}))
     returning p.plan`,
    [workspace, ...listsOf(mentions)],
  );
  await tx.query('delete from plan_item where workspace_id = $1 and plan = any($2::uuid[])', [
    workspace,
    rows.map(({ plan }) => plan),
  ]);
  return rows.length;
}

/** Elements of runs that are over, left by a server that died. */
export const deleteStagedMentions = (
  tx: Transaction,
  workspace: number,
  mentions: readonly Mention[],
): Promise<number> =>
  count(
    tx,
    `delete from staging s where s.workspace_id = $1 and ${names('s.source', 2)}
       and not exists (select from run r where r.workspace_id = $1 and r.run = s.run and r.state = 'received')
     returning s.row`,
    [workspace, ...listsOf(mentions)],
  );
