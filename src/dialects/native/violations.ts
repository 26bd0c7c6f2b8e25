/** The engine's refusals as problems: each keeps its code, is told where in the request it is, and brings its members along. */
import type { Filter } from '../../model/commands.ts';
import type { RowViolation } from '../../model/imports.ts';
import type { ListRejected, Rejected, Side, Violation } from '../../model/outcomes.ts';
import { formatRef } from '../../model/ref.ts';
import { ProblemError, problem, type Violations } from './problem-answer.ts';
import type { ProblemCode } from './problems.ts';
import type { ProblemViolation } from './shapes/problem.ts';

/** What else decides where a violation is. `ofLink`: the request writes a link; its body may have a new role. `ofMerge`: its body names
 *  the duplicate, which is the side `to`. */
export type RefusalContext = {
  readonly ofLink?: boolean;
  readonly newRole?: unknown;
  readonly ofMerge?: boolean;
  readonly stampIn?: 'query';
  /** Where the request names the one field that it is about. */
  readonly fieldIn?: string;
};

const recordPath = (side: Side): string => (side === 'to' ? 'path.target' : 'path.ref');

/** Where in the request it is. */
function pathOf(violation: Violation, context: RefusalContext): string {
  switch (violation.code) {
    case 'unknown_record_type':
    case 'type_owned_elsewhere':
    case 'grant_missing':
      return 'path.type';
    case 'unknown_link':
      return 'path.link';
    case 'link_to_self':
      return 'path.target';
    case 'not_a_match_field':
    case 'record_not_found':
      return context.ofMerge && violation.side === 'to' ? 'from' : recordPath(violation.side);
    case 'record_exists':
      return 'path.ref';
    case 'version_mismatch':
      return 'header.if-match';
    case 'stamp_ahead':
      return context.stampIn === 'query' ? 'query.as_of' : 'as_of';
    case 'stamp_unfit':
      return 'path.link';
    case 'stamp_kind_mismatch':
      return context.stampIn === 'query' ? `query.${violation.given}` : violation.given;
    case 'unknown_role':
      return String(context.newRole) === violation.role ? 'newRole' : 'role';
    case 'owned_elsewhere':
      return context.ofLink ? 'path.link' : `fields.${violation.field}`;
    case 'unknown_field':
    case 'value_invalid':
      if (context.fieldIn !== undefined) return context.fieldIn;
      return context.ofLink || context.ofMerge ? violation.field : `fields.${violation.field}`; // an attribute's comes with `attributes.`
    case 'value_too_long':
    case 'value_not_an_option':
    case 'pattern_mismatch':
    case 'required_missing':
    case 'lookup_target_not_found':
    case 'key_taken':
    case 'key_mismatch':
      return `fields.${violation.field}`;
  }
}

const mergeTwo = 'Name the duplicate in `from`, and in the address the record that stays.';

function violationOf(violation: Violation, context: RefusalContext): ProblemViolation {
  const { code, message, ...members } = violation;
  const shown = 'ref' in members ? { ...members, ref: formatRef(members.ref) } : members;
  const remedy = context.ofMerge && code === 'value_invalid' ? { remedy: mergeTwo } : {};
  return { code, path: pathOf(violation, context), message, ...shown, ...remedy };
}

/** Of a row of an import, whose paths begin at the row. */
export function violationOfRow(violation: RowViolation, kind: 'records' | 'links'): ProblemViolation {
  if (violation.code === 'row_unreadable' || violation.code === 'changed_since')
    return { code: violation.code, path: null, message: violation.message };
  const shown = violationOf(violation, { ofLink: kind === 'links' });
  return kind === 'links' ? { ...shown, path: pathInLinkRow(violation) } : shown;
}

function pathInLinkRow(violation: Violation): string | null {
  switch (violation.code) {
    case 'record_not_found':
    case 'not_a_match_field':
      return violation.side === 'to' ? 'right' : 'left';
    case 'unknown_role':
      return 'role';
    case 'link_to_self':
      return 'right';
    case 'value_invalid':
      return violation.field; // of an attribute: it comes with `attributes.`
    default:
      return null;
  }
}

/** Of an import or export of links, whose address names the link type alone. */
export const linkImportRefusal = (outcome: Rejected): ProblemError =>
  new ProblemError(
    outcome.violations.map((violation) => {
      const key = 'side' in violation && violation.side === 'to' ? 'right_key' : 'left_key';
      const path = violation.code === 'not_a_match_field' ? `query.${key}` : 'path.link';
      return { ...violationOf(violation, { ofLink: true }), path };
    }) as unknown as Violations,
  );

/** Of a request whose body says all of it. */
export const bodyRefusal = (outcome: Rejected): ProblemError =>
  new ProblemError(
    outcome.violations.map((violation) => {
      const path = 'link' in violation ? 'link' : 'field' in violation ? 'field' : 'type';
      return { ...violationOf(violation, {}), path };
    }) as unknown as Violations,
  );

/** Of the call of an interface. @param path what names it. */
export const callRefusal = (outcome: Rejected, path: string): ProblemError =>
  new ProblemError(
    outcome.violations.map((violation) => ({ ...violationOf(violation, {}), path })) as unknown as Violations,
  );

export function refusal(outcome: Rejected, context: RefusalContext = {}): ProblemError {
  return new ProblemError(
    outcome.violations.map((violation) => violationOf(violation, context)) as unknown as Violations,
  );
}

function unknownFieldIn(
  { violations: [first] }: Rejected,
  query: { readonly filters: readonly Filter[] } | undefined,
): ProblemError | undefined {
  if (query === undefined || first.code !== 'unknown_field') return undefined;
  const { field, message } = first;
  return query.filters.some((filter) => filter.field === field)
    ? problem('filter_invalid', `query.filter[${field}]`, message, { field })
    : problem('sort_invalid', 'query.sort', message, { field });
}

const listCodes: Record<ListRejected['parameter'], ProblemCode> = {
  filter: 'filter_invalid',
  sort: 'sort_invalid',
  cursor: 'cursor_invalid',
  limit: 'limit_invalid',
  patience: 'list_too_slow',
};

/** `query`: of a list of records, which may name unknown fields. */
export function listRefusal(
  outcome: Rejected | ListRejected,
  query?: { readonly filters: readonly Filter[] },
): ProblemError {
  if (outcome.kind === 'rejected') return unknownFieldIn(outcome, query) ?? refusal(outcome);
  const { parameter, message } = outcome;
  const path = parameter === 'patience' ? null : `query.${parameter}`;
  return new ProblemError([{ code: listCodes[parameter], path, message }]);
}
