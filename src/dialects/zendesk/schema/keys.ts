/** Keys of objects and fields: what the vendor allows, and the schema's own key where that is narrower. */
import { own } from '../call.ts';
import { blank, type Problem } from '../errors.ts';
import { titleOf } from './change.ts';

/** A new key as the client gave it: letters, digits and underscores; undefined with a problem added when it is not. */
export function parseKey(members: Readonly<Record<string, unknown>>, problems: Problem[]): string | undefined {
  const key = own(members, 'key');
  if (key === undefined || key === null || key === '') {
    problems.push(blank('key', 'Key'));
    return undefined;
  }
  if (typeof key !== 'string' || !/^\w+$/.test(key)) {
    const description = 'Key: can only contain letters, digits and underscores';
    problems.push({ field: 'key', error: 'InvalidFormat', description });
    return undefined;
  }
  if (key.length > longestKey) {
    problems.push({ field: 'key', error: 'TooLong', description: `Key: is too long (the limit is ${longestKey})` });
    return undefined;
  }
  return key;
}

const longestKey = 60;

export const duplicateKey = (): Problem => ({
  field: 'key',
  error: 'DuplicateValue',
  description: 'Key: has already been taken',
});

/** The key itself, or with a number behind it where something else has it. */
export function freeKey(wanted: string, isTaken: (key: string) => boolean): string {
  let key = wanted;
  for (let i = 2; isTaken(key); i++) key = `${wanted}_${i}`;
  return key;
}

/** A text member: undefined when absent; null and blank are a problem where `required`, else null is the empty text. */
export function textOf(
  members: Readonly<Record<string, unknown>>,
  member: string,
  problems: Problem[],
  rule: { required: boolean },
): string | undefined {
  const value = own(members, member);
  if (value === undefined) return undefined;
  if (value === null || (typeof value === 'string' && value.trim() === '')) {
    if (rule.required) problems.push(blank(member, titleOf(member)));
    return rule.required ? undefined : '';
  }
  return take(member, value, 'expected text', problems, (given) => typeof given === 'string');
}

export const flagOf = (
  members: Readonly<Record<string, unknown>>,
  member: string,
  problems: Problem[],
): boolean | undefined =>
  take(member, own(members, member), 'expected true or false', problems, (given) => typeof given === 'boolean');

export function take<Value>(
  member: string,
  value: unknown,
  expected: string,
  problems: Problem[],
  isKind: (value: unknown) => value is Value,
): Value | undefined {
  if (value === undefined || isKind(value)) return value;
  problems.push({ field: member, error: 'InvalidValue', description: `${titleOf(member)}: ${expected}` });
  return undefined;
}
