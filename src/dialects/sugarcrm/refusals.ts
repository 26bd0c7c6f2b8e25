/** The engine's refusals in the vendor's words. */
import type { ListRejected, Rejected, Violation } from '../../model/outcomes.ts';
import { shorten } from '../../model/text.ts';
import { invalidParameter, missingParameter, SugarError, unknownLink } from './errors.ts';
import type { Visit } from './requests/visit.ts';

type Place = Pick<Visit, 'form' | 'modules'>;

/**
 * One error for all violations: they come from one stage of checks, so the first gives the label, and each its text. Of two
 * records that are missing only the left one is told (vendor: the message names the side that failed).
 */
export function refusal(rejected: Rejected | ListRejected, place: Place): SugarError {
  if (rejected.kind === 'list_rejected') return invalidParameter(rejected.message);
  const left = rejected.violations.find((one) => one.code === 'record_not_found' && one.side !== 'to');
  if (left !== undefined) return errorOf(left, place);
  const [first, ...others] = rejected.violations;
  const error = errorOf(first, place);
  const texts = others.map((one) => errorOf(one, place)).filter((one) => one.label === error.label);
  return new SugarError(error.label, [...new Set([error, ...texts].map((one) => one.message))].join(' '));
}

/** Permission problems are 403 without exception: a 401 would send clients into a loop of refreshed tokens. */
function errorOf(violation: Violation, place: Place): SugarError {
  switch (violation.code) {
    case 'record_not_found':
      return recordMissing(violation, place);
    case 'unknown_link':
      return unknownLink(violation.link);
    case 'unknown_record_type':
      return new SugarError('not_found', `Could not find module: ${violation.type}`);
    case 'grant_missing':
      return new SugarError('not_authorized');
    case 'owned_elsewhere':
    case 'type_owned_elsewhere':
      return new SugarError('not_authorized', violation.message);
    case 'version_mismatch':
      return new SugarError('edit_conflict');
    case 'required_missing':
      return missingParameter(violation.field);
    case 'key_taken':
      return keyTaken(violation, place);
    case 'unknown_field':
    case 'not_a_match_field':
    case 'record_exists':
    case 'value_invalid':
    case 'value_too_long':
    case 'value_not_an_option':
    case 'pattern_mismatch':
    case 'lookup_target_not_found':
    case 'key_mismatch':
    case 'unknown_role':
    case 'link_to_self':
    case 'stamp_ahead':
    case 'stamp_unfit':
    case 'stamp_kind_mismatch':
      return invalidParameter(violation.message);
  }
}

/** By the holder's id and module: this vendor's records have no numbers. */
function keyTaken({ field, value, holder }: Violation & { code: 'key_taken' }, { modules }: Place): SugarError {
  const module = modules.ofType(holder.type);
  const name = module.members.find((one) => one.field.key === field)?.name ?? field;
  return invalidParameter(`${name} ${shorten(value)} belongs to the record ${holder.id} in module: ${module.name}`);
}

type Missing = Extract<Violation, { code: 'record_not_found' }>;

/** By key: 422, with the field's name unless the short form left it out. By id: 404, and 422 in the integrate family. */
function recordMissing({ ref, type }: Missing, { form, modules }: Place): SugarError {
  const module = modules.ofType(type);
  if (ref.by === 'key') {
    const member = module.members.find((one) => one.field.key === ref.field);
    const key = form === 'short' ? ref.value : `${member?.name ?? ref.field}:${ref.value}`;
    return invalidParameter(`Could not find record with ${key} in module: ${module.name}`);
  }
  const text = `Could not find record: ${ref.by === 'id' ? ref.id : ref.number} in module: ${module.name}`;
  return form === 'plain' ? new SugarError('not_found', text) : invalidParameter(text);
}
