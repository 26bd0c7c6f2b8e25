/** The small integers that stand for names in stored rows. None is ever given twice. */
import { firstFieldId, systemFieldIds } from '../../model/catalogue.ts';
import { own } from '../../model/own.ts';
import type { RoleDocument, SchemaDocument } from '../../model/schema.ts';
import type { SchemaIds } from '../../store/schemas.ts';
import { linkDocuments } from './compile.ts';
import { isAnotherField, sameJson } from './diff.ts';

export function assignIds(ids: SchemaIds, before: SchemaDocument, after: SchemaDocument, now: string): SchemaIds {
  let { nextType, nextLink, nextInterface } = ids;
  const types: Record<string, SchemaIds['types'][string]> = {};
  for (const [key, type] of Object.entries(after.types ?? {})) {
    const known = own(ids.types, key) ?? {
      id: nextType++,
      nextField: firstFieldId,
      fields: {},
      createdAt: now,
      updatedAt: now,
    };
    let { nextField } = known;
    const fields: Record<string, number> = {};
    const old = own(before.types, key);
    for (const [name, field] of Object.entries(type.fields ?? {})) {
      if (name in systemFieldIds) continue;
      const was = own(old?.fields, name);
      const kept = was !== undefined && !isAnotherField(was, field) ? own(known.fields, name) : undefined;
      fields[name] = kept ?? nextField++;
    }
    types[key] = { ...known, nextField, fields, updatedAt: sameJson(old, type) ? known.updatedAt : now };
  }
  const linkTargets = new Map(linkDocuments(before).map(([key, link]) => [key, link.to]));
  const links = Object.fromEntries(
    linkDocuments(after).map(([key, link]) => {
      const kept = linkTargets.get(key) === link.to ? own(ids.links, key) : undefined;
      return [key, kept ?? nextLink++];
    }),
  );
  const interfaces = Object.fromEntries(
    Object.keys(after.interfaces ?? {}).map((endpoint) => [endpoint, own(ids.interfaces, endpoint) ?? nextInterface++]),
  );
  return { nextType, nextLink, nextInterface, types, links, interfaces };
}

/** Gives every role without a number one: that of the role of the same name before, else the next free one. */
export function numberRoles(before: SchemaDocument, after: SchemaDocument): SchemaDocument {
  if (after.role_lists === undefined) return after;
  const lists = Object.entries(after.role_lists).map(([name, list]): [string, RoleDocument[]] => {
    const old = own(before.role_lists, name) ?? [];
    const taken = new Set([...list, ...old].flatMap((role) => role.number ?? []));
    const draw = (): number => {
      let number = 1;
      while (taken.has(number)) number++;
      taken.add(number);
      return number;
    };
    return [
      name,
      list.map((role) => {
        if (role.number !== undefined) return role;
        const same = old.find((one) => one.name.toLowerCase() === role.name.toLowerCase());
        const free = same?.number !== undefined && !list.some((one) => one.number === same.number);
        return { ...role, number: free ? same.number : draw() } as RoleDocument;
      }),
    ];
  });
  return { ...after, role_lists: Object.fromEntries(lists) };
}
