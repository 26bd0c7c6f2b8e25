/** Which part of the document a place is in: what the form shows for it. */
import type { Schema } from '../../../../api/types.ts';

export type Chosen =
  | { readonly kind: 'type'; readonly key: string; readonly field: string | null }
  | { readonly kind: 'link' | 'role_list'; readonly key: string };

/** @param at as the API names places, and deeper: `types.claim.fields.status.options[2]`. undefined: it is of none that there is, or was. */
export function chosenBy(at: string, ...schemas: readonly Schema[]): Chosen | undefined {
  const keyIn = (group: 'types' | 'links' | 'role_lists'): string | undefined =>
    longest(
      schemas.flatMap((schema) => Object.keys(schema[group] ?? {})),
      at,
      `${group}.`,
    );
  const type = keyIn('types');
  if (type !== undefined) {
    const fields = schemas.flatMap(({ types = {} }) =>
      Object.hasOwn(types, type) ? Object.keys(types[type]?.fields ?? {}) : [],
    );
    return {
      kind: 'type',
      key: type,
      field: longest([...fields, ...alwaysThere], at, `types.${type}.fields.`) ?? null,
    };
  }
  const link = keyIn('links');
  if (link !== undefined) return { kind: 'link', key: link };
  const list = keyIn('role_lists');
  return list === undefined ? undefined : { kind: 'role_list', key: list };
}

/** Fields that every type has, whether the document says more of them or not. */
export const alwaysThere: readonly string[] = ['external_id', 'sync_key', 'name'];

/** @param of the place that it is, or is deeper within. */
export const isWithin = (place: string, of: string): boolean =>
  place === of || place.startsWith(`${of}.`) || place.startsWith(`${of}[`);

/** What is no key may have a point in it: the longest that fits is meant. */
const longest = (keys: readonly string[], at: string, before: string): string | undefined =>
  keys.filter((key) => isWithin(at, before + key)).toSorted((one, other) => other.length - one.length)[0];
