/** What the issue log says of a refused member: a code as specific as the refusal, and what to do about it. */
import type { Interface } from '../../../model/catalogue.ts';
import type { Violation } from '../../../model/outcomes.ts';
import type { IssueCode } from '../../../model/runs.ts';
import type { Owner } from '../../../model/schema.ts';
import { shorten } from '../../../model/text.ts';

export type Said = {
  readonly severity: 'error' | 'warning';
  readonly code: IssueCode;
  readonly message: string;
  readonly remedy: string;
  /** The number of another record that it is about. */
  readonly other?: number;
};

const mostOptions = 20;
const sendAgain = 'send the set again';

/** @param name what the sender calls the member. */
export function issueOfViolation(violation: Violation, on: Interface, name: string | null): Said {
  const { message } = violation;
  const error = (code: IssueCode, remedy: string): Said => ({ severity: 'error', code, message, remedy });
  switch (violation.code) {
    case 'owned_elsewhere':
      return {
        severity: 'warning',
        code: 'not_owned',
        message,
        remedy: waysOut(name ?? violation.field, violation.owner, on),
      };
    case 'type_owned_elsewhere':
      return error(
        'not_owned',
        `Create it where records of ${violation.type} are made, and the interface fills it in; or transfer the ownership of the type to ${newOwner(on)}, in the settings of the interface or by \`POST /v1/ownership/transfer\`.`,
      );
    case 'value_not_an_option': {
      const { allowed, nearest } = violation;
      const shown = allowed.slice(0, mostOptions).join(', ');
      const more = allowed.length > mostOptions ? `, … (${allowed.length} in all)` : '';
      const guess = nearest === null ? '' : `Did you mean ${nearest}? `;
      return error('value_not_an_option', `${guess}Send one of: ${shown}${more}; or add the option to the schema.`);
    }
    case 'value_too_long':
      return error('value_too_long', `Shorten it to ${violation.limit.toLocaleString('en')}, and ${sendAgain}.`);
    case 'pattern_mismatch':
      return error(
        'pattern_mismatch',
        `Send a value that matches ${violation.pattern}, or change the pattern in the schema.`,
      );
    case 'key_taken': {
      const { type, number } = violation.holder;
      const remedy = `Send another value, or change ${type} ${number} first. If both are the same thing, merge them.`;
      return { ...error('key_taken', remedy), other: number };
    }
    case 'stamp_ahead':
      return error('stamp_ahead', `Set the clock of the sending application right, and ${sendAgain}.`);
    case 'stamp_kind_mismatch':
      return error('stamp_kind_mismatch', `Send stamps of one kind, times or versions, and ${sendAgain}.`);
    case 'required_missing':
      return error('required_missing', 'Send a value for it with every element, or give it a default in the schema.');
    case 'lookup_target_not_found':
      return error('unknown_relation_target', targetMissing);
    case 'link_to_self':
      return error('invalid_value', 'Send another target.');
    case 'value_invalid':
      return error(
        'invalid_value',
        `Send ${violation.expected}: correct it in the sending application and ${sendAgain}.`,
      );
    default:
      return error('invalid_value', `Correct the value in the sending application and ${sendAgain}.`);
  }
}

/** Of a key that an element of the same set takes which is only planned. @param holder the key of that element. */
export const takenInSet = (
  { field, value }: Extract<Violation, { readonly code: 'key_taken' }>,
  holder: string,
): Said => ({
  severity: 'error',
  code: 'key_taken',
  message: `${field} ${shorten(value, 100)} belongs to the element ${shorten(holder, 100)} of the same set already.`,
  remedy: 'Send another value, or change that element first. If both are the same thing, send one of them.',
});

export const targetMissing = 'Send the target first, or correct the reference.';

/** Who, what, and how to go on. */
export const waysOut = (name: string, owner: Owner, on: Interface): string =>
  `${name} belongs to ${ownerName(owner)}. Leave it out of the set, or transfer its ownership to ${newOwner(on)}, in the settings of the interface, in the schema or by \`POST /v1/ownership/transfer\`.`;

function ownerName(owner: Owner): string {
  if (owner === 'internal') return 'the people and APIs here (internal)';
  return owner === 'external' ? 'external interfaces' : `the interface ${owner.slice('interface:'.length)}`;
}

const newOwner = (on: Interface): string => `interface:${on.endpoint}, or to external for all interfaces`;
