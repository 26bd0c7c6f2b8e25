/** The engine's violations in the vendor's words. */
import type { Violation } from '../../../model/outcomes.ts';
import { conflict, forbidden, invalid, notFound, type Problem, type Refusal, recordInvalid } from '../errors.ts';
import type { CustomObject } from '../schema/view.ts';
import type { Findings } from './parse.ts';

const nothingFound: Findings = { problems: [], refusedFields: new Set() };

/** One answer for all that is wrong: a missing grant goes before a missing record, and both before what is wrong with values. */
export function refusalOf(object: CustomObject, violations: readonly Violation[], findings = nothingFound): Refusal {
  const refusals = violations.map((violation) => renderViolation(object, violation));
  const whole = (['forbidden', 'not_found', 'conflict'] as const)
    .map((kind) => refusals.find((refusal) => refusal.kind === kind))
    .find((refusal) => refusal !== undefined);
  switch (whole?.kind) {
    case 'forbidden':
      return forbidden();
    case 'not_found':
      return notFound();
    case 'conflict':
      return conflict(whole.description);
    default: {
      const isOwn = (engineKey: string | undefined): boolean => findings.refusedFields.has(engineKey ?? '');
      const found = refusals.flatMap((refusal) =>
        refusal.kind === 'problem' && !isOwn(refusal.engineKey) ? [refusal.problem] : [],
      );
      return recordInvalid([...findings.problems, ...found]);
    }
  }
}

type Rendered =
  | { kind: 'forbidden' }
  | { kind: 'not_found' }
  | { kind: 'conflict'; description: string }
  | { kind: 'problem'; engineKey?: string; problem: Problem };

function renderViolation(object: CustomObject, violation: Violation): Rendered {
  switch (violation.code) {
    case 'grant_missing':
      return { kind: 'forbidden' };
    case 'unknown_record_type':
    case 'record_not_found':
      return { kind: 'not_found' };
    case 'version_mismatch':
      return { kind: 'conflict', description: violation.message };
    case 'value_invalid':
      return ofField(object, violation.field, 'InvalidValue', `is not valid: expected ${violation.expected}`);
    case 'value_not_an_option':
      return ofField(object, violation.field, 'InvalidValue', 'is not one of the options of this field');
    case 'lookup_target_not_found':
      return ofField(object, violation.field, 'InvalidValue', 'the record that it points to does not exist');
    case 'key_mismatch':
      return ofField(object, violation.field, 'InvalidValue', 'is not the one that the query names');
    case 'pattern_mismatch':
      return ofField(object, violation.field, 'InvalidFormat', `does not match ${violation.pattern}`);
    case 'value_too_long':
      return ofField(object, violation.field, 'TooLong', `is too long (the limit is ${violation.limit})`);
    case 'required_missing':
      return ofField(object, violation.field, 'BlankValue', 'cannot be blank');
    case 'key_taken':
      return ofField(object, violation.field, 'DuplicateValue', 'has already been taken');
    case 'record_exists':
      return violation.ref.by === 'key'
        ? ofField(object, violation.ref.field, 'DuplicateValue', 'has already been taken')
        : { kind: 'problem', problem: invalid('base', 'Record', violation.message) };
    case 'owned_elsewhere':
      return ofField(object, violation.field, 'InvalidValue', `can be changed by its owner only (${violation.owner})`);
    case 'not_a_match_field':
    case 'unknown_field':
      return ofField(object, violation.field, 'InvalidValue', violation.message);
    case 'type_owned_elsewhere':
    case 'unknown_link':
    case 'unknown_role':
    case 'link_to_self':
    case 'stamp_ahead':
    case 'stamp_unfit':
    case 'stamp_kind_mismatch':
      return { kind: 'problem', problem: invalid('base', 'Record', violation.message) };
  }
}

function ofField(object: CustomObject, engineKey: string, error: Problem['error'], why: string): Rendered {
  const { field, title } = memberOf(object, engineKey);
  return { kind: 'problem', engineKey, problem: { field, error, description: `${title}: ${why}` } };
}

/** The member of a record, or the key in `custom_object_fields`, that shows a field. */
function memberOf(object: CustomObject, engineKey: string): { field: string; title: string } {
  for (const [field, custom] of [
    ['name', object.name],
    ['external_id', object.externalId],
  ] as const) {
    if (custom.field.key === engineKey) return { field, title: custom.field.label };
  }
  const custom = object.fields.find(({ field }) => field.key === engineKey);
  return { field: custom?.key ?? engineKey, title: custom?.field.label ?? engineKey };
}
