/** A part of the document, as its form shows and changes it. */
import { own } from '../../../../api/own.ts';
import type { Schema } from '../../../../api/types.ts';
import { useSchemaForm } from './context.ts';
import {
  type Change,
  changed,
  type FieldDocument,
  type LinkDocument,
  type TypeDocument,
  withField,
  withLink,
  withType,
} from './document.ts';

export type Part<Of> = {
  /** Its place, as the API names it: `types.claim.fields.status`. */
  readonly at: string;
  readonly is: Of;
  /** As it is stored; undefined: it is new. */
  readonly was: Of | undefined;
  set(change: Change<Of>): void;
};

/** @param isUnsaid what holds while the document says nothing of it. */
function usePart<Of extends object>(
  at: string,
  partOf: (schema: Schema) => Of | undefined,
  isUnsaid: Of,
  withPart: (schema: Schema, part: Of) => Schema,
): Part<Of> {
  const { schema, stored, change } = useSchemaForm();
  const is = partOf(schema) ?? isUnsaid;
  return {
    at,
    is,
    was: partOf(stored),
    set: (to) => change(withPart(schema, changed(is, to)), at, Object.keys(to)),
  };
}

export const useTypePart = (key: string): Part<TypeDocument> =>
  usePart<TypeDocument>(
    `types.${key}`,
    ({ types = {} }) => own(types, key),
    {},
    (schema, type) => withType(schema, key, type),
  );

/** What every type has of its own accord is text, before the document says so. */
export const useFieldPart = (type: string, key: string): Part<FieldDocument> =>
  usePart<FieldDocument>(
    `types.${type}.fields.${key}`,
    ({ types = {} }) => own(own(types, type)?.fields ?? {}, key),
    { type: 'text' },
    (schema, field) => withField(schema, type, key, field),
  );

export const useLinkPart = (key: string): Part<LinkDocument> =>
  usePart<LinkDocument>(
    `links.${key}`,
    ({ links = {} }) => own(links, key),
    { to: '' },
    (schema, link) => withLink(schema, key, link),
  );
