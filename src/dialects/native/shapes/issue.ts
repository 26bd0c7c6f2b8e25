import { issueCodes } from '../../../model/runs.ts';
import { type Static, Type } from '../../json-schema.ts';
import {
  cursorParameter,
  listOf,
  nullableText,
  queryOf,
  refOrNull,
  refTo,
  spreadsheetParameter,
  Time,
} from './common.ts';
import { HeldResultShape } from './held-result.ts';
import { PointerShape } from './pointer.ts';

export const IssueShape = Type.Object(
  {
    severity: Type.Enum(['error', 'warning']),
    code: Type.Enum([...issueCodes], { description: 'Stable; see docs/issues.md.' }),
    at: Time,
    place: Type.Integer({ description: 'Of its element in the body, from 0; what is no element’s comes behind them.' }),
    key: nullableText('The element’s key.'),
    record: refOrNull(PointerShape),
    path: nullableText('Where in the body; null for what is no element’s.'),
    member: nullableText('Property or relation, as the sender calls it.'),
    sent_as: nullableText('The member’s name as the body spells it.'),
    value: nullableText('Its value as text, first 200 characters.'),
    other: refOrNull(PointerShape),
    message: Type.String(),
    remedy: Type.String({ description: 'What to do.' }),
    resolved: refOrNull(HeldResultShape),
    resolved_by: nullableText('The id of the replay that applied its element after all.'),
  },
  {
    $id: 'Issue',
    description:
      'One finding of a run. `other` is the record that has the key already; `resolved` says what became of held deletes.',
  },
);

export const IssueListShape = listOf(refTo(IssueShape), 'IssueList');

export const IssuesQuery = queryOf({
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 1000, description: 'Items on a page of JSON.' }),
  cursor: cursorParameter,
  severity: Type.Optional(Type.Enum(['error', 'warning'])),
  code: Type.Optional(Type.Enum([...issueCodes])),
  key: Type.Optional(Type.String({ maxLength: 512, description: 'Only of elements with this key.' })),
  member: Type.Optional(
    Type.String({ maxLength: 200, description: 'Only of this property or relation, as the sender calls it.' }),
  ),
  resolved: Type.Optional(
    Type.Boolean({ description: 'Only those that a replay or a decision has resolved, or that are open.' }),
  ),
  ...spreadsheetParameter,
});

export type AskedIssues = Static<typeof IssuesQuery>;
export type ShownIssue = Static<typeof IssueShape>;
export type IssueList = Static<typeof IssueListShape>;

export const issueComponents = [IssueShape, IssueListShape];
