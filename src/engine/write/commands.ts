/** The writes that a batch takes, and which stored rows each of them needs to be judged. */
import type { Catalogue, Field, LinkType, RecordType } from '../../model/catalogue.ts';
import type { DeleteCommand, UpsertCommand } from '../../model/commands.ts';
import { own } from '../../model/own.ts';
import type { DeferrableLink, DeferrableUnlink } from '../../model/pending.ts';
import { isRef, type Ref } from '../../model/ref.ts';
import { isStorableText } from '../../model/text.ts';
import type { WantedLinks } from '../../store/links/links.ts';
import type { Key } from '../../store/records/records.ts';
import type { Wanted } from '../../store/records/wanted-records.ts';
import { keyOf } from '../keys/key-of.ts';
import { numberOf } from '../views.ts';
import type { FindStored } from './working/coming-keys.ts';
import { KeyMap } from './working/key-map.ts';
import type { WorkingRow } from './working/working-set.ts';

export type WriteCommand =
  | ({ readonly kind: 'upsert' } & UpsertCommand)
  | ({ readonly kind: 'delete' } & DeleteCommand)
  /** `defer`: it waits for records that are not there. `withdraw`: it takes back what waits. */
  | ({ readonly kind: 'link' } & DeferrableLink)
  | ({ readonly kind: 'unlink' } & DeferrableUnlink & { readonly withdraw?: boolean });

/** Collects what must be read, each thing once. */
export class Wants {
  readonly #catalogue: Catalogue;
  readonly #numbers = new Set<number>();
  readonly #keys = new KeyMap<Key>();
  readonly #aliased: Key[] = [];

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  addNumber(number: number): void {
    this.#numbers.add(number);
  }

  addRef(type: RecordType | undefined, ref: Ref | null): void {
    if (type === undefined || ref === null) return;
    if (ref.by === 'key') {
      const field = type.fieldsByKey.get(ref.field);
      if (field?.unique) this.addKey(type, field, ref.value);
      return;
    }
    const number = numberOf(this.#catalogue, type, ref, () => undefined);
    if (number !== undefined) this.#numbers.add(number);
  }

  /** @param value as it was sent. */
  addKey(type: RecordType, field: Field, value: string): void {
    // What cannot be stored is nobody's key; asking the database for it would be an error there.
    if (!isStorableText(value)) return;
    const key = keyOf(type, field, value);
    if (this.#keys.get(key.type, key.field, key.value) !== undefined) return;
    if (type.aliased) this.#aliased.push(key);
    this.#keys.set(key.type, key.field, key.value, key);
  }

  /** The records that the fields name: targets of lookups, and holders of the unique values. */
  addFields(type: RecordType, fields: Readonly<Record<string, unknown>>): void {
    for (const key of Object.keys(fields)) {
      const field = type.fieldsByKey.get(key);
      const value = fields[key];
      if (field === undefined || value === null || value === undefined) continue;
      if (field.link !== null) {
        if (isRef(value)) this.addRef(this.#catalogue.types.get(field.link.right), value);
      } else if (field.unique && (typeof value === 'string' || typeof value === 'number')) {
        this.addKey(type, field, String(value));
      }
    }
  }

  /** The same as names, by which two batches find that they want the same. */
  get names(): string[] {
    const keys = [...this.#keys.values()].map(({ type, field, value }) => `${type} ${field} ${value}`);
    return [...keys, ...[...this.#numbers].map(String)];
  }

  get wanted(): Wanted {
    return { numbers: [...this.#numbers], keys: [...this.#keys.values()], aliased: this.#aliased };
  }
}

export function addCommand(wants: Wants, catalogue: Catalogue, command: WriteCommand): void {
  if (command.kind === 'upsert' || command.kind === 'delete') {
    const type = catalogue.types.get(command.type);
    wants.addRef(type, command.ref);
    if (command.kind === 'delete' || type === undefined) return;
    wants.addFields(type, command.fields);
    if (command.number !== undefined) wants.addNumber(command.number);
    return;
  }
  const type = catalogue.types.get(command.from.type);
  const end = type?.linkEnds.get(command.link);
  if (end === undefined) return;
  wants.addRef(type, command.from.ref);
  wants.addRef(catalogue.types.get(end.other), command.to.ref);
}

/** The links that must be read, once the records are there. */
export class LinkWants {
  readonly #pairs = new Map<string, { linkType: number; left: number; right: number }>();
  readonly #oneLefts = new Map<string, { linkType: number; number: number }>();
  readonly #oneRights = new Map<string, { linkType: number; number: number }>();
  readonly #records = new Set<number>();

  addPair(link: LinkType, left: number, right: number): void {
    this.#pairs.set(`${link.id} ${left} ${right}`, { linkType: link.id, left, right });
  }

  addLeft(link: LinkType, number: number): void {
    if (link.cardinality === 'many-to-one' || link.cardinality === 'one-to-one') {
      this.#oneLefts.set(`${link.id} ${number}`, { linkType: link.id, number });
    }
  }

  addRight(link: LinkType, number: number): void {
    if (link.cardinality === 'one-to-many' || link.cardinality === 'one-to-one') {
      this.#oneRights.set(`${link.id} ${number}`, { linkType: link.id, number });
    }
  }

  addRecord(number: number): void {
    this.#records.add(number);
  }

  addLookups(type: RecordType, number: number): void {
    for (const field of type.lookups) this.addLeft(field.link, number);
  }

  get wanted(): WantedLinks | null {
    const wanted = {
      pairs: [...this.#pairs.values()],
      oneLefts: [...this.#oneLefts.values()],
      oneRights: [...this.#oneRights.values()],
      records: [...this.#records],
    };
    return Object.values(wanted).every((list) => list.length === 0) ? null : wanted;
  }
}

export function addLinksOf(wants: LinkWants, catalogue: Catalogue, find: FindStored, command: WriteCommand): void {
  if (command.kind === 'upsert' || command.kind === 'delete') {
    const type = catalogue.types.get(command.type);
    if (type === undefined) return;
    if (command.kind === 'delete') {
      for (const row of find(type, command.ref)) wants.addRecord(row.number);
      return;
    }
    if (type.lookups.length === 0) return;
    if (command.ref !== null) for (const row of find(type, command.ref)) wants.addLookups(type, row.number);
    addLookupTargets(wants, catalogue, find, type, command.fields);
    return;
  }
  const type = catalogue.types.get(command.from.type);
  const end = type?.linkEnds.get(command.link);
  const toType = end && catalogue.types.get(end.other);
  if (type === undefined || end === undefined || toType === undefined) return;
  const from = find(type, command.from.ref);
  const to = find(toType, command.to.ref);
  const [lefts, rights] = end.side === 'left' ? [from, to] : [to, from];
  for (const left of lefts) wants.addLeft(end.link, left.number);
  for (const right of rights) wants.addRight(end.link, right.number);
  for (const left of lefts) for (const right of rights) wants.addPair(end.link, left.number, right.number);
}

function addLookupTargets(
  wants: LinkWants,
  catalogue: Catalogue,
  find: FindStored,
  type: RecordType,
  fields: Readonly<Record<string, unknown>>,
): void {
  for (const field of type.lookups) {
    const value = own(fields, field.key);
    const targetType = catalogue.types.get(field.link.right);
    if (targetType === undefined || !isRef(value)) continue;
    for (const target of find(targetType, value)) wants.addRight(field.link, target.number);
  }
}

const nothing = { records: 0, links: 0 };
const oneRecord = { records: 1, links: 0 };
const oneLink = { records: 0, links: 1 };

/** How many new numbers the command may take at most. */
export function mostNumbersFor(catalogue: Catalogue, command: WriteCommand): { records: number; links: number } {
  if (command.kind === 'link') return oneLink;
  // A delete that says how old it is leaves a tombstone of a record that was never there.
  if (command.kind === 'delete')
    return { records: command.stamp !== undefined && command.ref.by === 'key' ? 1 : 0, links: 0 };
  if (command.kind !== 'upsert') return nothing;
  const { ref, mode, fields } = command;
  const mayCreate = mode !== 'update' && (ref === null || ref.by === 'key');
  const lookups = catalogue.types.get(command.type)?.lookups ?? [];
  if (lookups.length === 0) return mayCreate ? oneRecord : nothing;
  return {
    records: mayCreate ? 1 : 0,
    links: lookups.filter((field) => Object.hasOwn(fields, field.key)).length,
  };
}

/** A tombstone that stays one: its key, if it kept one from the time of another rule, gets a new record. */
export function isSpent(row: WorkingRow): boolean {
  return row.deletedAt !== null && row.type.onReturn === 'new';
}
