/** An element of a set, whatever API it came through, as the row of flat values that a native run takes. */
import type { SetElement, SetMember } from '../../../model/commands.ts';
import { formatRef, isRef } from '../../../model/ref.ts';
import { shownStamp } from '../../../model/stamp.ts';

export type Row = Readonly<Record<string, unknown>>;

/** @param keyField by which the interface knows its elements. */
export function rowOf({ key, members, stamp }: SetElement, keyField: string): Row {
  const values = new Map<string, unknown>([[keyField, key]]);
  for (const member of members) {
    const name = nameOf(member);
    // What the schema does not know has its sender's name, and gives way to what it knows.
    const isTaken = member.kind === 'unknown' ? values.has(name) : name === keyField;
    if (!isTaken) values.set(name, shownValue(member));
  }
  for (const [name, at] of Object.entries(stamp === undefined ? {} : shownStamp(stamp))) values.set(`@${name}`, at);
  return Object.fromEntries(values);
}

function nameOf(member: SetMember): string {
  if (member.kind === 'field') return member.field;
  return member.kind === 'relation' ? member.link : member.name;
}

function shownValue(member: SetMember): unknown {
  if (member.kind === 'relation') return member.targets.map(formatRef);
  return isRef(member.value) ? formatRef(member.value) : member.value;
}
