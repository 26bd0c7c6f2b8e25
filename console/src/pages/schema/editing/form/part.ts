/** A part of the document, as its form shows and changes it. */
import { own } from '../../../../api/own.ts';
import { useSchemaForm } from './context.ts';
import { type FieldDocument, type LinkDocument, type TypeDocument, withField, withLink, withType } from './document.ts';

/** undefined takes a member away. */
export type Change<Of> = { readonly [Name in keyof Of]?: Of[Name] | undefined };

export type Part<Of> = {
  /** Its place, as the API names it: `types.claim.fields.status`. */
  readonly at: string;
  readonly is: Of;
  /** As it is stored; undefined: it is new. */
  readonly was: Of | undefined;
  set(change: Change<Of>): void;
};

const changed = <Of extends object>(is: Of, change: Change<Of>): Of =>
  Object.fromEntries(Object.entries({ ...is, ...change }).filter(([, value]) => value !== undefined)) as Of;

export function useTypePart(key: string): Part<TypeDocument> {
  const { schema, stored, change } = useSchemaForm();
  const is = own(schema.types ?? {}, key) ?? {};
  const at = `types.${key}`;
  return {
    at,
    is,
    was: own(stored.types ?? {}, key),
    set: (to) => change(withType(schema, key, changed(is, to)), at, Object.keys(to)),
  };
}

/** What every type has of its own accord is text, before the document says so. */
export function useFieldPart(type: string, key: string): Part<FieldDocument> {
  const { schema, stored, change } = useSchemaForm();
  const is = own(own(schema.types ?? {}, type)?.fields ?? {}, key) ?? { type: 'text' };
  const at = `types.${type}.fields.${key}`;
  return {
    at,
    is,
    was: own(own(stored.types ?? {}, type)?.fields ?? {}, key),
    set: (to) => change(withField(schema, type, key, changed(is, to)), at, Object.keys(to)),
  };
}

export function useLinkPart(key: string): Part<LinkDocument> {
  const { schema, stored, change } = useSchemaForm();
  const is = own(schema.links ?? {}, key) ?? { to: '' };
  const at = `links.${key}`;
  return {
    at,
    is,
    was: own(stored.links ?? {}, key),
    set: (to) => change(withLink(schema, key, changed(is, to)), at, Object.keys(to)),
  };
}
