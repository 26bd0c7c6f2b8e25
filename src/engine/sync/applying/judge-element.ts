/**
 * One element of a complete set: what its interface may write is written, every other member becomes an issue and is skipped.
 * A present element with a bad member still counts as present, and is never deleted (Relatics, "Synchronize data via API").
 */

import type { Interface, LinkEnd, RecordType } from '../../../model/catalogue.ts';
import type { SetElement, SetMember } from '../../../model/commands.ts';
import { InexactNumber } from '../../../model/json.ts';
import type { StaleMember } from '../../../model/outcomes.ts';
import { byKey, formatRef, isRef } from '../../../model/ref.ts';
import type { ElementKind } from '../../../model/runs.ts';
import { inWords } from '../../../model/stamp.ts';
import { count, isOrAre, nearest, shorten } from '../../../model/text.ts';
import type { IssueRow } from '../../../store/sync/issues.ts';
import { isSameKey } from '../../keys/key-of.ts';
import { ownerInWords, owns } from '../../ownership.ts';
import { judgeUpsert } from '../../write/judging/judge-upsert.ts';
import { setRelation } from '../../write/judging/set-relation.ts';
import type { WorkingRow, WorkingSet, Writer } from '../../write/working/working-set.ts';
import type { RunContext } from './apply.ts';
import { unmark } from './delete-policy.ts';
import { elementKey } from './element-key.ts';
import { issueOfViolation, type Said, takenInSet, targetMissing, waysOut } from './issue-of-violation.ts';
import type { Scope } from './scope.ts';

export type ElementOutcome = {
  readonly kind: ElementKind;
  /** null when rejected before it was found. */
  readonly row: WorkingRow | null;
  /** Rejected for that: its record does not become the interface's. */
  readonly isOutOfScope?: boolean;
  readonly issues: readonly IssueRow[];
};

/** Of members that mean nothing as many are told of each element: to look for what each may have meant is not free. */
const mostUnknown = 20;

/** `missing`: the field that no member was sent for. */
type Report = (issue: Said & { readonly member: SetMember | null; readonly missing?: string }) => void;

export function judgeElement(
  set: WorkingSet,
  writer: Writer,
  context: RunContext,
  element: SetElement,
): ElementOutcome {
  const { type, on, scope } = context;
  const issues: IssueRow[] = [];
  const found = set.find(type, byKey(on.key, element.key));
  const live = found?.deletedAt === null ? found : undefined;
  const { nameOf = (field) => field } = element;
  const report: Report = ({ member, missing = null, other = null, ...issue }) =>
    issues.push({
      ...issue,
      other,
      key: shorten(element.key, 512),
      number: live?.number ?? null,
      path: element.path,
      member: member !== null ? shorten(member.name, 200) : missing === null ? null : shorten(nameOf(missing), 200),
      sent_as: member === null ? null : shorten(member.sentAs ?? member.name, 400),
      value: member === null ? null : valueText(member),
      at: set.now,
    });

  if (live !== undefined && type.aliased) reportFormerKey(report, type, on, live, element.key);
  const fields = new Map<string, SetMember & { kind: 'field' }>();
  const relations: { member: SetMember; end: LinkEnd; targets: WorkingRow[] }[] = [];
  let unknown = 0;
  for (const member of element.members) {
    if (member.kind === 'unknown') {
      if (unknown++ < mostUnknown) reportUnknown(report, type, member);
    } else if (member.kind === 'field') fields.set(member.field, member);
    else {
      const relation = checkRelation(set, writer, type, on, live, member, report);
      if (relation !== undefined) relations.push({ member, ...relation });
    }
  }
  if (unknown > mostUnknown) report(moreUnknown(type, unknown - mostUnknown));

  const marking = unmark({ type, on }, live, fields);
  if (marking !== undefined) report(markIsOurs(marking));
  const outside = scope.isEverything ? undefined : scope.outside({ set, on, live, fields, relations });
  if (outside !== undefined) {
    report(outOfScope(outside));
    return { kind: 'rejected', row: live ?? null, isOutOfScope: true, issues };
  }
  const outcome = upsertWithout(set, writer, context, element, fields, report);
  if (outcome === undefined) return { kind: 'rejected', row: live ?? null, issues };
  if (outcome.row === null) return { kind: 'superseded', row: null, issues };
  let related = false;
  for (const { end, targets } of relations) related = setRelation(set, writer, end, outcome.row, targets) || related;
  return { kind: outcome.kind === 'unchanged' && related ? 'updated' : outcome.kind, row: outcome.row, issues };
}

/** Upserts what is acceptable: each refused member is reported and left out, until nothing is refused or the element itself is. */
function upsertWithout(
  set: WorkingSet,
  writer: Writer,
  { type, on, planned }: RunContext,
  element: SetElement,
  fields: Map<string, SetMember & { kind: 'field' }>,
  report: Report,
): { kind: 'created' | 'updated' | 'unchanged' | 'revived' | 'superseded'; row: WorkingRow | null } | undefined {
  for (;;) {
    const values = Object.fromEntries([...fields].map(([field, member]) => [field, member.value]));
    const command = {
      type: type.key,
      ref: byKey(on.key, element.key),
      mode: 'upsert' as const,
      fields: values,
      ...(element.stamp === undefined ? {} : { stamp: element.stamp }),
    };
    const outcome = judgeUpsert(set, writer, command, (row) => row);
    if (outcome.kind !== 'rejected') {
      const isWhole = outcome.kind === 'stale';
      for (const one of outcome.stale ?? [])
        report(staleIssue(type, one, fields.get(one.field ?? '') ?? null, isWhole));
      if (outcome.kind !== 'stale') return { kind: outcome.kind, row: outcome.record };
      return { kind: 'superseded', row: outcome.deleted ? null : outcome.record };
    }
    let removed = false;
    for (const violation of outcome.violations) {
      const field = 'field' in violation ? violation.field : undefined;
      const member = field === undefined ? undefined : fields.get(field);
      const said =
        violation.code === 'key_taken' && planned?.willNotBe(violation.holder.number)
          ? takenInSet(violation, elementKey(type, on, set.rows.get(violation.holder.number)?.values ?? {}) ?? '')
          : issueOfViolation(violation, on, member?.name ?? null);
      report({ ...said, member: member ?? null, ...(field !== undefined && { missing: field }) });
      if (field !== undefined && fields.delete(field)) removed = true;
    }
    if (!removed) return undefined;
  }
}

function staleIssue(
  type: RecordType,
  { field, sent, stored }: StaleMember,
  member: SetMember | null,
  isWhole: boolean,
): Parameters<Report>[0] {
  const what = field === null ? `This ${type.label} was deleted` : `${member?.name ?? field} was written`;
  return {
    severity: 'warning',
    code: 'stale',
    member,
    message: `${what} as of ${inWords(stored)}, and ${isWhole ? 'the element' : 'this value'} is older, of ${inWords(sent)}: it was left out.`,
    remedy: 'Nothing, when newer data came another way. Otherwise send what is true now, with its own stamp.',
  };
}

const markIsOurs = (member: SetMember): Parameters<Report>[0] => ({
  severity: 'warning',
  code: 'not_owned',
  member,
  message: `${member.name} says whether the record is missing from the sets of the interface, which writes it itself: it was skipped.`,
  remedy: 'Leave the member out.',
});

const outOfScope = ({ reason, member }: NonNullable<ReturnType<Scope['outside']>>): Parameters<Report>[0] => ({
  severity: 'error',
  code: 'out_of_scope',
  member,
  message: `The element is outside of what the set is everything of: ${reason}. It was left as it is.`,
  remedy: 'Send it in the set of where it belongs, or correct its value.',
});

/** Found by a key that was renamed or merged away. */
function reportFormerKey(report: Report, type: RecordType, on: Interface, live: WorkingRow, key: string): void {
  const field = type.fieldsByKey.get(on.key);
  const current = field && (live.values[field.id] ?? null);
  if (field === undefined || isSameKey(field, current ?? undefined, key)) return;
  const name = current === null ? `${type.label} ${live.number}` : `${type.label} ${shorten(String(current), 100)}`;
  report({
    severity: 'warning',
    code: 'former_key',
    member: null,
    message: `${shorten(key, 100)} is a former key of ${name}: the element was applied to that record.`,
    remedy: 'Send it by its key as it is now; if it is another thing, under a key that no record has had.',
  });
}

function reportUnknown(report: Report, type: RecordType, member: SetMember): void {
  // A vendor's API calls a member by its label, the native one by its key: both are said.
  const known = [
    ...type.fields.map(({ key, label }) => ({ key, label })),
    ...[...type.linkEnds.values()].map(({ name, link }) => ({ key: name, label: link.label })),
  ];
  const name = nearest(
    member.name,
    known.flatMap(({ key, label }) => [key, label]),
  );
  const close = known.find(({ key, label }) => key === name || label === name);
  report({
    severity: 'warning',
    code: 'unknown_member',
    member,
    message: `${type.label} has no property or relation ${shorten(member.name, 80)}: it was skipped.`,
    remedy:
      close === undefined
        ? 'Leave it out, or add it to the schema.'
        : `Did you mean ${close.key === close.label ? close.key : `${close.key} (${close.label})`}? Names are compared exactly.`,
  });
}

const moreUnknown = (type: RecordType, more: number): Parameters<Report>[0] => ({
  severity: 'warning',
  code: 'unknown_member',
  member: null,
  message: `${count(more, 'more member')} of the element ${isOrAre(more)} no property or relation of ${type.label}: all were skipped.`,
  remedy: 'Send only members that the schema has.',
});

function checkRelation(
  set: WorkingSet,
  writer: Writer,
  type: RecordType,
  on: Interface,
  live: WorkingRow | undefined,
  member: SetMember & { kind: 'relation' },
  report: Report,
): { end: LinkEnd; targets: WorkingRow[] } | undefined {
  const end = type.linkEnds.get(member.link);
  const targetType = end && set.catalogue.types.get(end.other);
  if (end === undefined || targetType === undefined) {
    reportUnknown(report, type, member);
    return undefined;
  }
  const targets: WorkingRow[] = [];
  for (const ref of member.targets) {
    const target = set.find(targetType, ref);
    if (target === undefined || target.deletedAt !== null) {
      report({
        severity: 'error',
        code: 'unknown_relation_target',
        member,
        message: `There is no ${targetType.label} ${shorten(formatRef(ref), 100)}: the whole relation was left as it was.`,
        remedy: targetMissing,
      });
      return undefined;
    }
    targets.push(target);
  }
  if (end.single && new Set(targets).size > 1) {
    report({
      severity: 'error',
      code: 'cardinality_exceeded',
      member,
      message: `${member.name} takes one ${targetType.label}, and ${new Set(targets).size} were sent: the relation was left as it was.`,
      remedy: `Send one ${targetType.label} at most, and none to clear it.`,
    });
    return undefined;
  }
  if (!owns(end.link.owner, writer.interface) && !isSameRelation(set, end, live, targets)) {
    report({
      severity: 'warning',
      code: 'not_owned',
      member,
      message: `${member.name} is ${ownerInWords(end.link.owner)}: it was left as it was.`,
      remedy: waysOut(member.name, end.link.owner, on),
    });
    return undefined;
  }
  return owns(end.link.owner, writer.interface) ? { end, targets } : undefined;
}

function isSameRelation(
  set: WorkingSet,
  end: LinkEnd,
  live: WorkingRow | undefined,
  targets: readonly WorkingRow[],
): boolean {
  const stored =
    live === undefined ? [] : set.linksOfRecord(live.number).filter((link) => link.row.link_type === end.link.id);
  const others = new Set(stored.map(({ row }) => (end.side === 'left' ? row.right_number : row.left_number)));
  return others.size === new Set(targets).size && targets.every((target) => others.has(target.number));
}

function valueText(member: SetMember): string {
  if (member.kind === 'relation') return shorten(member.targets.map(formatRef).join(', '));
  if (member.value instanceof InexactNumber) return shorten(member.value.text);
  if (isRef(member.value)) return shorten(formatRef(member.value));
  return shorten(typeof member.value === 'string' ? member.value : (JSON.stringify(member.value) ?? ''));
}
