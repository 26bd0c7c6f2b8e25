import { type Static, Type } from '../../json-schema.ts';
import { Id, listOf, nullableText, refTo, strict, Time } from './common.ts';
import { ViolationShape } from './problem.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });

export const ImportCountsShape = Type.Object(
  {
    received: count('Rows that were read; the sum of all below.'),
    created: count('New records, or links.'),
    updated: count('Records or links that changed; links that a row removed.'),
    unchanged: count('Rows that found everything as they say.'),
    revived: count('Deleted records that came back.'),
    rejected: count('Rows that were not written: see their violations.'),
    superseded: count('Rows that are older than what is stored.'),
    held: count('Links that wait for their records. Of records: none.'),
    deleted: Type.Optional(count('Of a revert: records that the import had created.')),
  },
  { $id: 'ImportCounts', ...strict },
);

const nullable = (values: readonly string[], description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], enum: [...values, null], description });

export const ImportShape = Type.Object(
  {
    id: Id,
    number: Type.Integer(),
    kind: Type.Enum(['records', 'links']),
    type: nullableText('The record type; null for links.'),
    key: nullableText('The match field that records were found by.'),
    mode: nullable(['upsert', 'create', 'update'], 'Of records.'),
    link: nullableText('The link type’s key; null for records.'),
    left_key: nullableText('The match field of the left side; null: references.'),
    right_key: nullableText('The match field of the right side; null: references.'),
    on_missing: nullable(['error', 'defer'], 'Of links.'),
    state: Type.Enum(['receiving', 'done', 'cut_short', 'failed', 'reverted'], {
      description:
        'One that is neither `done` nor `reverted` goes on with `import={id}` and the same body. One whose server is gone is `cut_short` a minute later.',
    }),
    counts: refTo(ImportCountsShape),
    rows_done: Type.Integer({ description: 'The first rows of the body, all of which have their outcome.' }),
    principal: Type.Object({ id: Type.Integer(), name: Type.String() }),
    request_id: Type.String({ description: 'Of the request that began it.' }),
    started_at: Time,
    finished_at: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' }),
    failure: nullableText('Why it was cut short, or failed.'),
    reverts: nullableText('The id of the import that this one takes back: its rows are the changes of that.'),
    reverted_by: nullableText('The id of the import that took this one back.'),
    plan_id: nullableText('The plan that it applies: all of it or nothing, and it does not go on.'),
    rejected_url: Type.String({ description: 'Address of its rejected rows.' }),
  },
  { $id: 'Import', description: 'A bulk import, kept.' },
);

export const ImportListShape = listOf(refTo(ImportShape), 'ImportList');

const rejectedRow = {
  row: Type.Integer({ minimum: 0, description: 'From 0.' }),
  line: Type.Integer({ minimum: 1, description: 'The line of the body on which the row begins.' }),
  key: nullableText('Its value of the match field; of a link, those of both sides.'),
  outcome: Type.Enum(['rejected']),
  violations: Type.Array(ViolationShape),
};

export const RejectedRowShape = Type.Object(rejectedRow, { $id: 'RejectedRow' });

export const KeptRejectedRowShape = Type.Object(
  {
    ...rejectedRow,
    source: Type.Unknown({
      description: 'The row as it was sent: its values by name, or text where it was not an object or is very long.',
    }),
  },
  { $id: 'KeptRejectedRow' },
);

export const RejectedRowListShape = listOf(refTo(KeptRejectedRowShape), 'RejectedRowList');

export const ImportAnswerShape = Type.Object(
  {
    import: Type.String({ format: 'uuid', description: 'The import’s id: it is kept under `/v1/imports/{import}`.' }),
    counts: refTo(ImportCountsShape),
    rejected: Type.Array(refTo(RejectedRowShape), {
      description:
        'The first of the rejected rows, at most 1,000. With `Accept: application/x-ndjson` every row has its line.',
    }),
    rejected_url: Type.String({ description: 'Address of all of them, with the rows themselves.' }),
  },
  { $id: 'ImportAnswer' },
);

export type ShownImport = Static<typeof ImportShape>;
export type ImportList = Static<typeof ImportListShape>;
export type RejectedRow = Static<typeof RejectedRowShape>;
export type KeptRejectedRow = Static<typeof KeptRejectedRowShape>;
export type RejectedRowList = Static<typeof RejectedRowListShape>;
export type ImportAnswer = Static<typeof ImportAnswerShape>;
