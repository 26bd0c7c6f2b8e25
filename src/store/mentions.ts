/**
 * Texts that are kept and name a record: found by reading all of what is kept of a workspace for some time, since no index leads from a
 * word to the texts that it stands in. An erasure does so, and nothing else (ADR 0020).
 */
import { int8Array, textArray } from './arrays.ts';
import type { Transaction } from './database.ts';

/** `word` is looked for as it is first, and then by `pattern`, which holds it to the bounds of a word. */
export type Mention = { readonly word: string; readonly pattern: string };

/** What is put in the place of a text. */
const erasedText = 'Erased.';

/** Whether an expression has one of the words; their lists are two parameters. */
const names = (expression: string, words: number, patterns: number): string =>
  `exists (select from unnest($${words}::text[], $${patterns}::text[]) w (word, pattern)
           where strpos(${expression}, w.word) > 0 and ${expression} ~ w.pattern)`;

const together = (...columns: string[]): string => `concat_ws(E'\\n', ${columns.join(', ')})`;

const listsOf = (mentions: readonly Mention[]): [Buffer, Buffer] => [
  textArray(mentions.map(({ word }) => word)),
  textArray(mentions.map(({ pattern }) => pattern)),
];

type Named = {
  readonly numbers: readonly number[];
  readonly keys: readonly string[];
  readonly mentions: readonly Mention[];
};

const count = async (tx: Transaction, text: string, values: readonly unknown[]): Promise<number> =>
  (await tx.query(text, values)).length;

/** Issues of the records, of elements with their keys, and such as name them in what they say. */
export const emptyIssues = (tx: Transaction, workspace: number, { numbers, keys, mentions }: Named): Promise<number> =>
  count(
    tx,
    `update issue set key = null, path = null, member = null, sent_as = null, value = null, message = $6, remedy = ''
     where workspace_id = $1 and message <> $6 and (number = any($2::bigint[]) or key = any($3::text[])
       or ${names(together('key', 'path', 'member', 'sent_as', 'value', 'message', 'remedy'), 4, 5)})
     returning row`,
    [workspace, int8Array(numbers), textArray(keys), ...listsOf(mentions), erasedText],
  );

export const emptyRejections = (
  tx: Transaction,
  workspace: number,
  { type, keys, mentions }: Omit<Named, 'numbers'> & { readonly type: string },
): Promise<number> =>
  count(
    tx,
    `update import_rejection r set key = null, source = '', violations = $6
     where r.workspace_id = $1 and r.source <> '' and (
       (r.key = any($2::text[]) and exists (
         select from import i where i.workspace_id = $1 and i.import = r.import and i.command ->> 'type' = $5))
       or ${names(together('r.key', 'r.source', 'r.violations::text'), 3, 4)})
     returning r.row`,
    [
      workspace,
      textArray(keys),
      ...listsOf(mentions),
      type,
      JSON.stringify([{ code: 'row_unreadable', message: erasedText }]),
    ],
  );

/** Why runs and imports failed may be told in the words of what was sent. */
export async function emptyFailures(tx: Transaction, workspace: number, mentions: readonly Mention[]): Promise<number> {
  const values = [workspace, ...listsOf(mentions), erasedText];
  const runs = await count(
    tx,
    `update run set failure = case when failure is null then null else $4 end, scope = null
     where workspace_id = $1 and (failure is not null or scope is not null)
       and ${names(together('failure', 'scope::text'), 2, 3)} returning run`,
    values,
  );
  const imports = await count(
    tx,
    `update import set failure = $4 where workspace_id = $1 and failure is not null and ${names('failure', 2, 3)} returning import`,
    values,
  );
  return runs + imports;
}

/** A request that is repeated after that is a new one. */
export const deleteAnswers = (tx: Transaction, workspace: number, mentions: readonly Mention[]): Promise<number> =>
  count(
    tx,
    `delete from idempotency where workspace_id = $1 and ${names(together('key', 'outcome'), 2, 3)} returning key`,
    [workspace, ...listsOf(mentions)],
  );

/** Plans that show one of the records, or were asked for by its key, cannot be applied any more. */
export async function deletePlans(tx: Transaction, workspace: number, mentions: readonly Mention[]): Promise<number> {
  const rows = await tx.query<{ plan: string }>(
    `delete from plan p where p.workspace_id = $1 and (${names('p.call', 2, 3)} or exists (
       select from plan_item i where i.workspace_id = $1 and i.plan = p.plan and ${names('i.item', 2, 3)}))
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
    `delete from staging s where s.workspace_id = $1 and ${names('s.source', 2, 3)}
       and not exists (select from run r where r.workspace_id = $1 and r.run = s.run and r.state = 'received')
     returning s.row`,
    [workspace, ...listsOf(mentions)],
  );
