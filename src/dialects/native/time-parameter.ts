/** A time as a query says it. */
import { parseAsOf } from '../../model/stamp.ts';
import { problem } from './problem-answer.ts';

export function timeParameter(name: string, text: string): Date {
  const stamp = parseAsOf(text);
  if (stamp !== undefined) return new Date(stamp.at / 1000); // of microseconds
  const message = `${name} is a time with its zone, such as 2026-11-30T04:00:00Z.`;
  throw problem('parameter_invalid', `query.${name}`, message);
}
