/** What the requests to a double are made of. */
import { type Static, Type } from '../dialects/json-schema.ts';
import { effects } from './faults.ts';

const closed = { additionalProperties: false };

/** No control characters: a name is printed, and stands in an address. */
export const snapshotBody = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f]+$' }) },
  closed,
);

export const resetBody = Type.Object({ to: Type.Optional(Type.Enum(['seed', 'demo'])) }, closed);

export const clockBody = Type.Object(
  {
    now: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    advance: Type.Optional(Type.Union([Type.String(), Type.Integer()])),
  },
  closed,
);
export type ClockBody = Static<typeof clockBody>;

const pattern = {
  dialect: Type.Optional(Type.String()),
  method: Type.Optional(Type.String({ minLength: 1, maxLength: 20 })),
  path: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
};

export const faultBody = Type.Object(
  {
    ...pattern,
    effect: Type.Enum([...effects]),
    ms: Type.Optional(Type.Integer({ minimum: 1, maximum: 600_000 })),
    retry_after: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
    count: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  closed,
);
export type FaultBody = Static<typeof faultBody>;

export const journalQuery = Type.Object({ ...pattern, status: Type.Optional(Type.Integer()) }, closed);
export type JournalQuery = Static<typeof journalQuery>;
