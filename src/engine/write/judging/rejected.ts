import type { Catalogue, LinkEnd, RecordType } from '../../../model/catalogue.ts';
import type { Rejected, Side, Violation } from '../../../model/outcomes.ts';
import { formatRef, type Ref } from '../../../model/ref.ts';
import { didYouMean, shorten } from '../../../model/text.ts';

/** A refusal when there is any violation; undefined when there is none. */
export function rejectedFor(violations: readonly Violation[]): Rejected | undefined {
  if (violations.length === 0) return undefined; // as a rule, and for each row of a million
  const [first, ...rest] = violations;
  return first === undefined ? undefined : { kind: 'rejected', violations: [first, ...rest] };
}

export const rejected = (violation: Violation): Rejected => ({ kind: 'rejected', violations: [violation] });

export function unknownRecordType(catalogue: Catalogue, type: string): Violation {
  const message = `There is no record type ${shorten(type, 80)}.${didYouMean(type, catalogue.types.keys())}`;
  return { code: 'unknown_record_type', type, message };
}

export function unknownField(type: RecordType, field: string): Violation {
  const message = `Record type ${type.key} has no field ${shorten(field, 80)}.${didYouMean(field, type.fieldsByKey.keys())}`;
  return { code: 'unknown_field', type: type.key, field, message };
}

export function unknownLink(type: RecordType, link: string): Violation {
  const message = `Record type ${type.key} has no link ${shorten(link, 80)}.${didYouMean(link, type.linkEnds.keys())}`;
  return { code: 'unknown_link', type: type.key, link, message };
}

const none: readonly Violation[] = [];

/** A ref by key must name a match field. */
export function matchFieldViolations(type: RecordType, ref: Ref | null, side: Side): readonly Violation[] {
  if (ref === null || ref.by !== 'key' || type.fieldsByKey.get(ref.field)?.unique) return none;
  const matchFields = type.fields.filter((field) => field.unique).map((field) => field.key);
  const message = `${shorten(ref.field, 80)} is not a match field of ${type.key}: records are found by ${matchFields.join(', ')}, number or id.`;
  return [{ code: 'not_a_match_field', side, type: type.key, field: ref.field, message }];
}

export function recordNotFound(type: RecordType, ref: Ref, side: Side): Violation {
  return {
    code: 'record_not_found',
    side,
    type: type.key,
    ref,
    message: `There is no ${type.key} ${shorten(formatRef(ref), 200)}.`,
  };
}

export function unknownRole(end: LinkEnd, role: string): Violation {
  const allowed = end.link.roles.map((known) => known.name);
  const hint = allowed.length === 0 ? `${end.link.key} has no roles.` : `Allowed: ${allowed.join(', ')}.`;
  return {
    code: 'unknown_role',
    link: end.link.key,
    role,
    allowed,
    message: `${end.link.key} has no role ${shorten(role, 80)}. ${hint}`,
  };
}
