import { own } from '../../../api/own.ts';
import { isMapping, isSame } from './json.ts';

/** What two have made of the same thing, member by member: whatever only one of them has changed is as that one has it. What both have
 *  changed is mine, and the plan shows what theirs was. @param from what both began with; undefined: it was not there, or is not any more. */
export function mergedWith(theirs: unknown, mine: unknown, from: unknown): unknown {
  if (isSame(mine, from)) return theirs;
  if (isSame(theirs, from) || !isMapping(mine) || !isMapping(theirs)) return mine;
  const before = isMapping(from) ? from : {};
  const names = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
  const members = [...names].map((name) => [name, mergedWith(own(theirs, name), own(mine, name), own(before, name))]);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}
