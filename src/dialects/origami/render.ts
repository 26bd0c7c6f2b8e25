/** Refusals of the engine in the vendor's words. Every one of them is a business error: status 500 and a bare JSON string. */
import type { RecordType } from '../../model/catalogue.ts';
import type { Rejected, Side, Violation } from '../../model/outcomes.ts';
import type { GrantAction } from '../../model/principal.ts';
import { domainName, memberName } from './domains.ts';
import type { LinkRequest } from './links/parse-link.ts';
import { texts } from './options.ts';
import { type Refusal, unable } from './refusal.ts';

/** What only the operation knows: how it names its records, and what it needed permission for. */
type Words = {
  readonly type: RecordType;
  readonly notFound: (side: Side) => string;
  readonly notPermitted: (action: GrantAction) => string;
};

/** The first reason only, the parent's before the child's: that is the vendor's order. */
export function refuseLink(rejected: Rejected, asked: LinkRequest, operation: 'upsert' | 'remove'): Refusal {
  const ofParent = rejected.violations.find((one) => one.code === 'record_not_found' && one.side === 'from');
  const permission = linkPermissions[operation][asked.childDomain];
  return unable(
    reasonOf(ofParent ?? rejected.violations[0], {
      type: asked.parentType,
      notFound: (side) => (side === 'to' ? asked.child.refusal : asked.parent.refusal),
      notPermitted: () => texts.notPermitted(permission, asked.parentDomain),
    }),
  );
}

/** What the vendor calls the permission on the parent's domain, as its error text says it. */
const linkPermissions = {
  upsert: { Contact: 'attach contacts on', File: 'attach files on' },
  remove: { Contact: 'detach contacts on', File: 'modify files on' },
} as const;

/** All reasons, one after the other. */
export function refuseRecord(rejected: Rejected, type: RecordType, id: string): Refusal {
  const domain = domainName(type);
  const words: Words = {
    type,
    notFound: () => texts.recordNotFound(domain, id),
    notPermitted: (action) => texts.notPermitted(recordPermission(action), domain),
  };
  return unable(rejected.violations.map((violation) => reasonOf(violation, words)).join(' '));
}

const recordPermission = (action: GrantAction): string => {
  if (action === 'read') return 'view';
  return action.startsWith('attach:') ? 'attach records on' : `${action} records on`;
};

export const missesGrant = (rejected: Rejected): boolean =>
  rejected.violations.some((one) => one.code === 'grant_missing');
export const findsNothing = (rejected: Rejected): boolean =>
  rejected.violations.some((one) => one.code === 'record_not_found');

function reasonOf(violation: Violation, words: Words): string {
  const member = (key: string): string => {
    const field = words.type.fieldsByKey.get(key);
    return field === undefined ? key : memberName(field);
  };
  switch (violation.code) {
    case 'record_not_found':
      return words.notFound(violation.side);
    case 'grant_missing':
      return words.notPermitted(violation.action);
    case 'unknown_role':
      return texts.relationshipUnknown(violation.role);
    case 'not_a_match_field':
      return texts.matchFieldInvalid(member(violation.field), domainName(words.type));
    case 'unknown_field':
      return texts.fieldUnknown(member(violation.field), domainName(words.type));
    case 'value_invalid':
      return texts.valueInvalid(member(violation.field), violation.expected);
    case 'value_too_long':
      return texts.valueTooLong(member(violation.field), violation.limit);
    case 'value_not_an_option':
      return texts.codeUnknown(member(violation.field), violation.allowed);
    case 'pattern_mismatch':
      return texts.patternMismatch(member(violation.field), violation.pattern);
    case 'required_missing':
      return texts.valueRequired(member(violation.field));
    case 'lookup_target_not_found':
      return texts.associationUnknown(member(violation.field));
    case 'key_taken':
      return texts.valueTaken(member(violation.field), violation.value, violation.holder.number);
    case 'owned_elsewhere':
      return texts.fieldReadOnly(member(violation.field), violation.owner);
    case 'type_owned_elsewhere':
      return texts.domainReadOnly(domainName(words.type), violation.owner);
    // Not reachable by this vendor's requests, which name no version, no id of a new record and no link type.
    case 'unknown_record_type':
    case 'unknown_link':
    case 'record_exists':
    case 'key_mismatch':
    case 'version_mismatch':
    case 'link_to_self':
    case 'stamp_ahead':
    case 'stamp_unfit':
    case 'stamp_kind_mismatch':
      return violation.message;
  }
}
