/** The engine's refusals in the vendor's words. */
import type { Rejected, Violation } from '../../model/outcomes.ts';
import { assumed } from './assumed.ts';
import type { Call } from './call.ts';
import {
  type ErrorDetail,
  type ErrorStatus,
  invalidReferenceDetail,
  NetSuiteError,
  nonexistentRecord,
} from './errors.ts';
import type { NetSuiteType } from './names.ts';
import { describe } from './records/reference.ts';

/** What a refused command was about. */
export type Subject = {
  readonly type: NetSuiteType;
  /** By field key: values as the client gave them. */
  readonly given?: ReadonlyMap<string, unknown>;
};

/** The status is that of the first violation: the engine reports one stage of its checks at a time. */
export function refusal(call: Call, subject: Subject, { violations: [first, ...others] }: Rejected): NetSuiteError {
  const render = (violation: Violation): ErrorDetail => detailOf(call, subject, violation);
  return new NetSuiteError(statusOf(first), [render(first), ...others.map(render)]);
}

function statusOf(violation: Violation): ErrorStatus {
  switch (violation.code) {
    case 'unknown_record_type':
    case 'record_not_found':
      return 404;
    case 'grant_missing':
    case 'owned_elsewhere':
    case 'type_owned_elsewhere':
      return assumed.noPermission.status;
    case 'unknown_field':
    case 'unknown_link':
    case 'not_a_match_field':
    case 'record_exists':
    case 'value_invalid':
    case 'value_too_long':
    case 'value_not_an_option':
    case 'pattern_mismatch':
    case 'required_missing':
    case 'lookup_target_not_found':
    case 'key_taken':
    case 'key_mismatch':
    case 'version_mismatch':
    case 'unknown_role':
    case 'link_to_self':
    case 'stamp_ahead':
    case 'stamp_unfit':
    case 'stamp_kind_mismatch':
      return 400;
  }
}

function detailOf(call: Call, { type, given }: Subject, violation: Violation): ErrorDetail {
  const inBody = (field: string): { path: string } => ({ path: type.nameOf(field) });
  const inUrl = { url: call.url };
  const message = 'field' in violation ? renamed(violation.message, violation.field, type) : violation.message;
  switch (violation.code) {
    case 'unknown_record_type':
      return { detail: `Record type '${violation.type}' does not exist.`, code: 'NOT_FOUND' };
    case 'record_not_found':
      return nonexistentRecord(call.url, violation.ref.by === 'key' ? violation.ref.value : undefined);
    case 'grant_missing':
    case 'type_owned_elsewhere':
      return { detail: message, code: assumed.noPermission.code, at: inUrl };
    case 'owned_elsewhere':
      return { detail: message, code: assumed.noPermission.code, at: inBody(violation.field) };
    case 'unknown_field':
      return { detail: message, code: 'INVALID_CONTENT', at: inBody(violation.field) };
    case 'unknown_link':
    case 'link_to_self':
      return { detail: message, code: assumed.impossiblePairCode, at: inUrl };
    case 'not_a_match_field':
      return { detail: message, code: 'INVALID_ID', at: inUrl };
    case 'record_exists':
      return { detail: assumed.duplicateDetail, code: 'USER_ERROR', at: { path: 'externalId' } };
    case 'key_taken': {
      const detail = violation.field === type.externalKey ? assumed.duplicateDetail : message;
      return { detail, code: 'USER_ERROR', at: inBody(violation.field) };
    }
    case 'value_invalid':
    case 'value_too_long':
    case 'value_not_an_option':
    case 'pattern_mismatch':
    case 'key_mismatch':
      return {
        detail: invalidValueDetail(type.nameOf(violation.field), message),
        code: 'INVALID_CONTENT',
        at: inBody(violation.field),
      };
    case 'required_missing': {
      const label = type.type.fieldsByKey.get(violation.field)?.label ?? violation.field;
      const detail = `Error while accessing a resource. Please enter value(s) for: ${label}.`;
      return { detail, code: 'USER_ERROR', at: inBody(violation.field) };
    }
    case 'lookup_target_not_found': {
      const value = describe(given?.get(violation.field) ?? null);
      return {
        detail: invalidReferenceDetail(value, type.nameOf(violation.field)),
        code: 'INVALID_CONTENT',
        at: inBody(violation.field),
      };
    }
    case 'version_mismatch':
    case 'stamp_ahead':
    case 'stamp_unfit':
    case 'stamp_kind_mismatch':
      return { detail: message, code: 'USER_ERROR' };
    case 'unknown_role':
      return { detail: invalidReferenceDetail(violation.role, 'role'), code: 'INVALID_CONTENT', at: { path: 'role' } };
  }
}

/** The engine's sentence begins with the field, by the name that the schema has for it. */
function renamed(message: string, field: string, type: NetSuiteType): string {
  const name = type.nameOf(field);
  return name === field ? message : message.replace(new RegExp(`\\b${field}\\b`), name);
}

/** The vendor's sentence, and then what the field takes, which the vendor leaves the client to guess. */
const invalidValueDetail = (field: string, message: string): string =>
  `Invalid value for the resource or sub-resource field '${field}'. Provide a valid value. ${message}`;

/** Whether a value was refused for its form: what `X-NetSuite-PropertyValueValidation` governs. */
export function isSyntaxFault(violation: Violation): violation is Violation & { readonly field: string } {
  switch (violation.code) {
    case 'value_invalid':
    case 'value_too_long':
    case 'pattern_mismatch':
      return true;
    case 'value_not_an_option': // a reference that leads nowhere, as the vendor sees it
    case 'unknown_record_type':
    case 'unknown_field':
    case 'unknown_link':
    case 'not_a_match_field':
    case 'record_not_found':
    case 'record_exists':
    case 'grant_missing':
    case 'owned_elsewhere':
    case 'type_owned_elsewhere':
    case 'required_missing':
    case 'lookup_target_not_found':
    case 'key_taken':
    case 'key_mismatch':
    case 'version_mismatch':
    case 'unknown_role':
    case 'link_to_self':
    case 'stamp_ahead':
    case 'stamp_unfit':
    case 'stamp_kind_mismatch':
      return false;
  }
}
