/** What all parts of the form have in common: the document that they show and change, and what was refused of it. */
import { createContext, useContext } from 'react';
import type { Schema } from '../../../../api/types.ts';
import { isWithin } from './chosen.ts';

export type SchemaForm = {
  readonly schema: Schema;
  /** What the changes were begun from: what is not in there is new. */
  readonly stored: Schema;
  /** What the API has refused, by place: `types.claim.fields.status.type`. */
  readonly said: ReadonlyMap<string, string>;
  /** @param of the part that changed, `types.claim.fields.status`, and its members that did: what was refused of them is settled. */
  change(to: Schema, of: string, members?: readonly string[]): void;
  /** @param at the place of a part; its form is opened. */
  choose(at: string): void;
};

export const SchemaFormContext = createContext<SchemaForm | null>(null);

export function useSchemaForm(): SchemaForm {
  const form = useContext(SchemaFormContext);
  if (form === null) throw new Error('This is no part of the form.');
  return form;
}

/** What was refused at a place, or within it. */
export const isRefused = ({ said }: SchemaForm, at: string): boolean =>
  [...said.keys()].some((place) => isWithin(place, at));
