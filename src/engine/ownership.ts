/** Only the owner of a field, a relation, or of a type's existence changes it. */
import type { Interface, RecordType } from '../model/catalogue.ts';
import type { Violation } from '../model/outcomes.ts';
import type { Owner } from '../model/schema.ts';

/** On whose behalf a write is: an interface's (a set), or a person's or API's (null). */
export type WritingInterface = Interface | null;

export function owns(owner: Owner, writer: WritingInterface): boolean {
  if (owner === 'internal') return writer === null;
  if (owner === 'external') return writer !== null;
  return writer !== null && owner === `interface:${writer.endpoint}`;
}

export function ownerInWords(owner: Owner): string {
  if (owner === 'internal') return 'owned here, by people and APIs';
  if (owner === 'external') return 'owned by the external application that synchronises it';
  return `owned by the interface ${owner.slice('interface:'.length)}`;
}

/** The ways out of a refusal: through the owner that there is, or by another one. */
function sendIt(owner: Owner): string {
  if (owner === 'internal') return 'Have it changed by them';
  return owner === 'external'
    ? 'Send it in a set of an interface'
    : `Send it in a set of ${owner.slice('interface:'.length)}`;
}

const newOwner = (owner: Owner): string => (owner === 'internal' ? 'the interface' : 'internal');

export function ownedElsewhere(field: string, owner: Owner): Violation {
  const message = `${field} is ${ownerInWords(owner)}. ${sendIt(owner)}, leave it out, or have its ownership transferred to ${newOwner(owner)}.`;
  return { code: 'owned_elsewhere', field, owner, message };
}

export function typeOwnedElsewhere(type: string, owner: Owner): Violation {
  const message = `Records of ${type} are ${ownerInWords(owner)}: they are created and deleted there only.`;
  return { code: 'type_owned_elsewhere', type, owner, message };
}

/** What a set of the interface may write of its record type. */
export function writableBy(type: RecordType, on: Interface) {
  const takesSets = on.direction === 'synchronising';
  return {
    /** Whether it creates and deletes records. */
    records: takesSets && owns(type.owner, on),
    fields: type.fields.filter((field) => takesSets && owns(field.link?.owner ?? field.owner, on)),
    /** Lookups are among the fields. */
    relations: [...type.linkEnds.values()].filter(
      ({ link, side }) => takesSets && owns(link.owner, on) && (side === 'right' || link.lookupField === null),
    ),
  };
}
