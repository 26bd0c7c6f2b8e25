/** The differences between two schema documents, entity by entity: record types, fields, link types, role lists, interfaces, and how long things are kept. */
import type { FieldDocument, SchemaDocument } from '../../model/schema.ts';

type Members = Readonly<Record<string, unknown>>;

type Entity =
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'field'; readonly type: string; readonly field: string }
  | { readonly kind: 'link'; readonly link: string }
  | { readonly kind: 'role_list'; readonly list: string }
  | { readonly kind: 'interface'; readonly endpoint: string }
  | { readonly kind: 'retention' };

export type EntityDifference = {
  readonly entity: Entity;
  readonly path: string;
  /** undefined: it is new. */
  readonly before: unknown;
  /** undefined: it is gone. */
  readonly after: unknown;
};

export function diffDocuments(before: SchemaDocument, after: SchemaDocument): EntityDifference[] {
  const old = entitiesOf(before);
  const wanted = entitiesOf(after);
  const paths = [...new Set([...wanted.keys(), ...old.keys()])];
  return paths.flatMap((path) => {
    const [was, is] = [old.get(path), wanted.get(path)];
    const entity = (is ?? was)?.entity;
    if (entity === undefined || sameJson(was?.content, is?.content)) return [];
    return [{ entity, path, before: was?.content, after: is?.content }];
  });
}

function entitiesOf(document: SchemaDocument): Map<string, { entity: Entity; content: unknown }> {
  const entities = new Map<string, { entity: Entity; content: unknown }>();
  for (const [type, { fields, ...rest }] of Object.entries(document.types ?? {})) {
    entities.set(`types.${type}`, { entity: { kind: 'type', type }, content: rest });
    for (const [field, content] of Object.entries(fields ?? {})) {
      entities.set(`types.${type}.fields.${field}`, { entity: { kind: 'field', type, field }, content });
    }
  }
  for (const [link, content] of Object.entries(document.links ?? {})) {
    entities.set(`links.${link}`, { entity: { kind: 'link', link }, content });
  }
  for (const [list, content] of Object.entries(document.role_lists ?? {})) {
    entities.set(`role_lists.${list}`, { entity: { kind: 'role_list', list }, content });
  }
  for (const [endpoint, content] of Object.entries(document.interfaces ?? {})) {
    entities.set(`interfaces.${endpoint}`, { entity: { kind: 'interface', endpoint }, content });
  }
  if (document.retention !== undefined)
    entities.set('retention', { entity: { kind: 'retention' }, content: document.retention });
  return entities;
}

/** Equality of JSON values; the order of members does not count. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson((a as Members)[name], (b as Members)[name]))
  );
}

/** The members that differ between two versions of an entity, undefined where one is absent. */
export function changedMembers(difference: EntityDifference): { member: string; before: unknown; after: unknown }[] {
  const [before, after] = [difference.before as Members, difference.after as Members];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((member) => !sameJson(before[member], after[member]))
    .map((member) => ({ member, before: before[member], after: after[member] }));
}

/** A field of another type, or a lookup that points elsewhere, is another field: the old one's values go. */
export const isAnotherField = (before: FieldDocument, after: FieldDocument): boolean =>
  before.type !== after.type || (before.type === 'lookup' && before.to !== after.to);
