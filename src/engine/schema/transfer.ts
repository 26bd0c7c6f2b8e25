/** Gives a field, a link or the existence of a type's records to another owner: one change of the schema, with a preview of whom it touches. */
import type { Catalogue, Interface, RecordType } from '../../model/catalogue.ts';
import type { Rejected } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import type { Owner, SchemaDocument } from '../../model/schema.ts';
import type { Database, Transaction } from '../../store/postgres/database.ts';
import { countFieldValues, countLinksOfType, countRecordsOfType } from '../../store/schema-data.ts';
import { mayConfigure } from '../access/grants.ts';
import { owns } from '../ownership.ts';
import { rejected, unknownField, unknownLink, unknownRecordType } from '../write/judging/rejected.ts';
import type { SchemaOutcome, SchemaPlan } from './plan.ts';

/** `field` or `link` (as the type names it); neither: who creates and deletes the type's records. */
export type TransferCommand = {
  readonly type: string;
  readonly field?: string;
  readonly link?: string;
  readonly owner: Owner;
};

type Transfer = {
  readonly path: string;
  readonly before: Owner;
  readonly after: Owner;
  /** Records that hold a value of it, or links. */
  readonly holding: number;
  /** The synchronising interfaces of the type that may write it from now on, and those that may no longer. */
  readonly gains: readonly string[];
  readonly loses: readonly string[];
};

export type TransferOutcome =
  | { readonly kind: 'done'; readonly transfer: Transfer; readonly schema: SchemaPlan | SchemaOutcome }
  | { readonly kind: 'forbidden' }
  | Rejected;

type Change = (current: SchemaDocument) => SchemaDocument;

/** @param change plans or applies a change of the schema. */
export async function transferOwnership(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  command: TransferCommand,
  change: (change: Change) => Promise<SchemaPlan | SchemaOutcome>,
): Promise<TransferOutcome> {
  if (!mayConfigure(caller.principal)) return { kind: 'forbidden' };
  const type = catalogue.types.get(command.type);
  if (type === undefined) return rejected(unknownRecordType(catalogue, command.type));
  const found = findOwned(type, command);
  if ('kind' in found) return found;
  const { path, before, types, count, set } = found;
  const holding = await database.inWorkspace(catalogue.workspace, (tx) => count(tx, catalogue.workspace));
  const concerned = [...catalogue.interfaces.values()].filter(
    (one) => one.direction === 'synchronising' && types.includes(one.type),
  );
  const gainers = (from: Owner, to: Owner): string[] =>
    concerned.filter((one: Interface) => !owns(from, one) && owns(to, one)).map((one) => one.endpoint);
  const after = command.owner;
  const transfer = { path, before, after, holding, gains: gainers(before, after), loses: gainers(after, before) };
  return { kind: 'done', transfer, schema: await change((current) => set(current, after)) };
}

type Owned = {
  readonly path: string;
  readonly before: Owner;
  /** Whose interfaces may send it. */
  readonly types: readonly string[];
  readonly count: (tx: Transaction, workspace: number) => Promise<number>;
  readonly set: (current: SchemaDocument, owner: Owner) => SchemaDocument;
};

function findOwned(type: RecordType, { field: fieldKey, link: linkName }: TransferCommand): Owned | Rejected {
  if (fieldKey !== undefined) return findField(type, fieldKey);
  if (linkName === undefined) {
    return {
      path: `types.${type.key}`,
      before: type.owner,
      types: [type.key],
      count: (tx, workspace) => countRecordsOfType(tx, workspace, type.id),
      set: (current, owner) => withType(current, type.key, { owner }),
    };
  }
  const link = type.linkEnds.get(linkName)?.link;
  if (link === undefined) return rejected(unknownLink(type, linkName));
  // A lookup's link is its field's.
  if (link.lookupField !== null)
    return link.left === type.key ? findField(type, link.lookupField) : rejected(unknownLink(type, linkName));
  return {
    path: `links.${link.key}`,
    before: link.owner,
    types: [link.left, link.right],
    count: (tx, workspace) => countLinksOfType(tx, workspace, link.id),
    set: (current, owner) => {
      const document = current.links?.[link.key];
      return document === undefined
        ? current
        : { ...current, links: { ...current.links, [link.key]: { ...document, owner } } };
    },
  };
}

function findField(type: RecordType, key: string): Owned | Rejected {
  const field = type.fieldsByKey.get(key);
  if (field === undefined) return rejected(unknownField(type, key));
  return {
    path: `types.${type.key}.fields.${key}`,
    before: field.owner,
    types: [type.key],
    count: (tx, workspace) =>
      field.link === null
        ? countFieldValues(tx, workspace, type.id, field.id)
        : countLinksOfType(tx, workspace, field.link.id),
    // A system field may have no entry yet.
    set: (current, owner) => {
      const fields = current.types?.[type.key]?.fields ?? {};
      return withType(current, type.key, { fields: { ...fields, [key]: { type: field.type, ...fields[key], owner } } });
    },
  };
}

const withType = (current: SchemaDocument, key: string, members: object): SchemaDocument => ({
  ...current,
  types: { ...current.types, [key]: { ...current.types?.[key], ...members } },
});
