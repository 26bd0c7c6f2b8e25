/** Why a value of an element is stored as it is: what the run had to say of it, what it wrote, or that it was so before. */
import type { Field } from '../../api/catalogue.ts';
import { own } from '../../api/own.ts';
import type { ShownChange, ShownElement, ShownIssue, ShownRecord } from '../../api/types.ts';

/** undefined: not known yet. */
export type Known = {
  readonly element: ShownElement;
  readonly fields: ReadonlyMap<string, Field>;
  readonly issues: readonly ShownIssue[] | undefined;
  /** null: there is no record, or none any more. */
  readonly stored: ShownRecord['fields'] | null | undefined;
  /** What the run wrote of the record. */
  readonly changes: readonly ShownChange[] | undefined;
};

export type Why = { readonly said: string; readonly isWrong: boolean };

const plain = (said: string): Why => ({ said, isWrong: false });

export function whyOf(name: string, sent: unknown, { element, fields, issues = [], stored, changes = [] }: Known): Why {
  const field = fields.get(name);
  const issue = issues.find(({ member }) => member === name || (member !== null && member === field?.label));
  if (issue !== undefined) return { said: issue.message, isWrong: true };
  if (element.outcome === 'rejected') return plain('Not written, as the element was rejected.');
  if (element.outcome === 'superseded') return plain('Not written: another element counts.');
  if (stored === null) return plain('');
  const written = changes.find(({ link, after }) => link === null && Object.hasOwn(after, name));
  const isAsSent = stored !== undefined && isSame(sent, own(stored, name));
  if (written !== undefined) {
    const before = own(written.before, name);
    const was = before === undefined || before === null ? 'unset' : String(before);
    return plain(isAsSent ? `Written by this run; it was ${was}.` : 'Written by this run, and changed since.');
  }
  if (field === undefined) return plain('A relation: see the links of the record.');
  return plain(isAsSent ? 'It was so already.' : 'Changed since, or stored in another form.');
}

/** A value may be sent as text that is a number. */
const isSame = (sent: unknown, stored: unknown): boolean =>
  JSON.stringify(sent) === JSON.stringify(stored ?? null) || String(sent ?? '') === String(stored ?? '');
