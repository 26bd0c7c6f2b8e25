import { type ErasedThing, erasedThings } from '../../../model/erasure.ts';
import { type Static, Type } from '../../json-schema.ts';
import { refTo } from './common.ts';
import { PointerShape } from './pointer.ts';

export const ErasureAnswerShape = Type.Object(
  {
    outcome: Type.Enum(['erased', 'unchanged', 'planned']),
    record: refTo(PointerShape),
    counts: Type.Unsafe<Readonly<Record<ErasedThing, number>>>({
      type: 'object',
      properties: Object.fromEntries(erasedThings.map((thing) => [thing, { type: 'integer' }])),
      required: [...erasedThings],
      description:
        'What was taken away: `records`, with the duplicates that went into it; values of `changes`; texts of `issues`, `elements` of runs, `rejected_rows` and `failures`; `answers` to requests with an Idempotency-Key; what `deliveries` of webhooks were answered; and the rest altogether.',
    }),
  },
  { $id: 'ErasureAnswer' },
);

export type ErasureAnswer = Static<typeof ErasureAnswerShape>;
