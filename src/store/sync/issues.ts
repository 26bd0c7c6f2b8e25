/** The issues of runs. */
import { storableText } from '../../model/text.ts';
import type { Transaction } from '../postgres/database.ts';

export type IssueRow = {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly key: string | null;
  readonly number: number | null;
  readonly path: string | null;
  readonly member: string | null;
  /** The member as the body spells it. */
  readonly sent_as?: string | null;
  readonly value: string | null;
  /** Another record that it is about. */
  readonly other?: number | null;
  readonly message: string;
  readonly remedy: string;
  readonly at: Date;
};

/** `place`: of its element in the body, from 0. */
export type PlacedIssue = IssueRow & { readonly place: number };

/** An issue may be about text that cannot be stored. */
const storableOrNull = (text: string | null): string | null => (text === null ? null : storableText(text));

export function insertIssues(
  tx: Transaction,
  workspace: number,
  run: number,
  firstRow: number,
  issues: readonly PlacedIssue[],
): void {
  tx.send(
    `insert into issue (
       workspace_id, run, row, severity, code, key, number, path, member, sent_as, value, other, message, remedy, at, place)
     select $1, $2, n.* from unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::text[],
       $11::text[], $12::bigint[], $13::text[], $14::text[], $15::timestamptz[], $16::bigint[]) n`,
    [
      workspace,
      run,
      issues.map((_, index) => firstRow + index),
      issues.map((issue) => issue.severity),
      issues.map((issue) => issue.code),
      issues.map((issue) => storableOrNull(issue.key)),
      issues.map((issue) => issue.number),
      issues.map((issue) => storableOrNull(issue.path)),
      issues.map((issue) => storableOrNull(issue.member)),
      issues.map((issue) => storableOrNull(issue.sent_as ?? null)),
      issues.map((issue) => storableOrNull(issue.value)),
      issues.map((issue) => issue.other ?? null),
      issues.map((issue) => storableText(issue.message)),
      issues.map((issue) => storableText(issue.remedy)),
      issues.map((issue) => issue.at),
      issues.map((issue) => issue.place),
    ],
  );
}

export function forgetIssues(tx: Transaction, workspace: number, run: number): void {
  tx.send('delete from issue where workspace_id = $1 and run = $2', [workspace, run]);
}

/** `resolved_by`: the run that applied its element after all. */
export type StoredIssue = Required<PlacedIssue> & { readonly row: number; readonly resolved_by: number | null };

const columns =
  'place, row, severity, code, key, number, path, member, sent_as, value, other, message, remedy, at, resolved_by';

/** null: whatever it is. */
export type IssueFilter = {
  readonly severity: string | null;
  readonly code: string | null;
  readonly key: string | null;
  readonly member: string | null;
  /** By a replay of its element, or by what became of held deletes. */
  readonly resolved: boolean | null;
  readonly heldIsOver: boolean;
};

/** In the order of the body, behind a place and row. */
export const readIssues = (
  tx: Transaction,
  workspace: number,
  run: number,
  { severity, code, key, member, resolved, heldIsOver }: IssueFilter,
  { after, limit }: { readonly after: readonly [place: number, row: number]; readonly limit: number },
): Promise<StoredIssue[]> =>
  tx.query<StoredIssue>(
    {
      name: 'read_issues',
      text: `
        select ${columns} from issue
        where workspace_id = $1 and run = $2 and (place, row) > ($3, $4)
          and ($6::text is null or severity = $6) and ($7::text is null or code = $7)
          and ($8::text is null or key = $8) and ($9::text is null or member = $9)
          and ($10::bool is null or (resolved_by is not null or ($11::bool and code = 'deletes_held')) = $10)
        order by place, row limit $5`,
    },
    [workspace, run, ...after, limit, severity, code, key, member, resolved, heldIsOver],
  );
