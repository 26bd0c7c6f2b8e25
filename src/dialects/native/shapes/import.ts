import Type, { type Static } from 'typebox';
import { refTo, strict } from './common.ts';
import { ViolationShape } from './problem.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });

export const ImportCountsShape = Type.Object(
  {
    received: count('Rows of the body; the sum of all below.'),
    created: count('New records.'),
    updated: count('Records that changed.'),
    unchanged: count('Records that were so already.'),
    revived: count('Deleted records that came back.'),
    rejected: count('Rows that were not written: see their violations.'),
  },
  { $id: 'ImportCounts', ...strict },
);

const place = {
  row: Type.Integer({ minimum: 0, description: 'From 0.' }),
  line: Type.Integer({ minimum: 1, description: 'The line of the body on which the row begins.' }),
  key: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Its value of the match field.' }),
};

export const RejectedRowShape = Type.Object(
  { ...place, outcome: Type.Enum(['rejected']), violations: Type.Array(ViolationShape) },
  { $id: 'RejectedRow' },
);

export const ImportAnswerShape = Type.Object(
  {
    counts: refTo(ImportCountsShape),
    rejected: Type.Array(refTo(RejectedRowShape), {
      description:
        'The first of the rejected rows, at most 1,000. With `Accept: application/x-ndjson` every row has its line.',
    }),
  },
  { $id: 'ImportAnswer' },
);

export type ImportCounts = Static<typeof ImportCountsShape>;
export type RejectedRow = Static<typeof RejectedRowShape>;
export type ImportAnswer = Static<typeof ImportAnswerShape>;
