/** What a difference of the schema means for stored data, and what it is worked out from. */
import type { SchemaDocument } from '../../model/schema.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import type { SchemaIds } from '../../store/schemas.ts';

export type Effect = {
  /** In words, with a count; null when nothing is lost. */
  readonly loss: string | null;
  /** Why the change cannot be made at all, and what to do; none when it can. */
  readonly obstacles: readonly string[];
  /** Brings the data in line with the new schema. */
  readonly apply: ((tx: Transaction) => Promise<void>) | null;
};

export const none: Effect = { loss: null, obstacles: [], apply: null };
export const lossOf = (number: number, words: string): string | null => (number === 0 ? null : words);

export type Situation = {
  readonly tx: Transaction;
  readonly workspace: number;
  readonly ids: SchemaIds;
  readonly before: SchemaDocument;
  readonly after: SchemaDocument;
};

/** How kept JSON names a part of the schema. In a text that somebody sent the quotes are escaped. */
export const said = (part: 'type' | 'link' | 'endpoint', key: string): string => `"${part}":${JSON.stringify(key)}`;
