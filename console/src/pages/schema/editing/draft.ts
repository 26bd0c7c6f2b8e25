/** What is being edited, as text or by form: one document, whichever of them it is seen through. */
import type { SchemaBody, SchemaText } from '../../../api/schema-body.ts';
import type { Schema } from '../../../api/types.ts';
import { type ReadText, readText, textWith } from './schema-text.ts';
import { mergedWith } from './three-way.ts';

export type Draft = {
  /** What it was begun from, which is stored no longer when somebody else was quicker. */
  readonly from: SchemaText;
  /** As it was last typed. */
  readonly typed: string;
  /** What the form has made of that; null: nothing. */
  readonly formed: Schema | null;
};

export const begun = (from: SchemaText): Draft => ({ from, typed: from.text, formed: null });

export const isChanged = ({ from, typed, formed }: Draft): boolean => formed !== null || typed !== from.text;

export const textOf = ({ typed, formed }: Draft): string => (formed === null ? typed : textWith(typed, formed));

export const schemaOf = ({ typed, formed }: Draft): ReadText =>
  formed === null ? readText(typed) : { kind: 'read', schema: formed };

/** The server reads no larger YAML, and any JSON. */
const mostYamlBytes = 128 * 1024;

export function bodyOf(draft: Draft): SchemaBody {
  const { etag } = draft.from;
  const text = textOf(draft);
  const read = new Blob([text]).size > mostYamlBytes ? schemaOf(draft) : undefined;
  return read?.kind === 'read'
    ? { content: JSON.stringify(read.schema), type: 'application/json', etag }
    : { content: text, type: 'application/yaml', etag };
}

/** The same changes, made to what somebody else has stored meanwhile. */
export function onTopOf(stored: SchemaText, draft: Draft): Draft {
  const [theirs, mine, from] = [readText(stored.text), schemaOf(draft), readText(draft.from.text)];
  if (theirs.kind !== 'read' || mine.kind !== 'read' || from.kind !== 'read') return { ...draft, from: stored };
  const merged = mergedWith(theirs.schema, mine.schema, from.schema) as Schema;
  // Into the text that was typed, for its comments.
  return { from: stored, typed: textWith(textOf(draft), merged), formed: null };
}
