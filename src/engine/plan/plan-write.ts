/**
 * Plans of single writes. A plan is the write itself, in a transaction of its own beside the lane, undone; applying one is the write,
 * committed if it is all that was planned. ADR 0014 has the reasons.
 */
import type { Catalogue } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import { guidOf } from '../../model/ids.ts';
import type { RowViolation } from '../../model/imports.ts';
import type { PendingLinkView } from '../../model/pending.ts';
import type { PlanIssue, PlanItem, PlanOutcome, PlanRefused } from '../../model/plan.ts';
import type { Caller } from '../../model/principal.ts';
import { formatRef } from '../../model/ref.ts';
import type { RunCounts } from '../../model/runs.ts';
import { insertCommit } from '../../store/changes/changes.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import { shownOutcome } from '../access/shown.ts';
import { noCounts } from '../balance.ts';
import { IdempotencyKeyReused } from '../hub-errors.ts';
import { attempt, type WriteContext } from '../write/attempt.ts';
import type { WriteCommand } from '../write/commands.ts';
import { Once } from '../write/once.ts';
import { runBatch, type Within, type WriteOutcome } from '../write/run-batch.ts';
import type { WorkingRow, WorkingSet } from '../write/working/working-set.ts';
import { collectChanges, type NamedBy } from './collect.ts';
import { type Asked, type Found, hashOf, keepPlan, PlanNotMet, planView, TakenPlan } from './kept-plan.ts';
import { noItem, PlanItems } from './plan-items.ts';

/** Thrown through the part of a transaction that is to be undone. */
class Planned extends Error {
  readonly written: Written;
  constructor(written: Written) {
    super('A plan is not to be written');
    this.written = written;
  }
}

export function planWrite(context: WriteContext, caller: Caller, command: WriteCommand): Promise<PlanOutcome> {
  const { once: _, ...planner } = caller; // a plan may be made any number of times
  return attempt(context, true, async (tx, catalogue): Promise<PlanOutcome> => {
    const { outcome, found } = await undone(tx, () =>
      write(context, tx, asIfAliased(catalogue), planner, command, { changes: 0, undone: true }),
    );
    if (outcome.kind === 'rejected') return outcome;
    const said = { body: bodyOf(command), about: aboutOf(catalogue, command, outcome) };
    const row = await keepPlan(tx, catalogue, caller, askedOf(command), found, { said });
    return { kind: 'planned', plan: planView(caller.principal, row, found.items.kept) };
  });
}

export async function applyWrite(
  context: WriteContext,
  caller: Caller,
  command: WriteCommand,
  plan: string,
  body: 'sent' | 'planned',
): Promise<WriteOutcome | PlanRefused> {
  const asked = askedOf(command);
  try {
    const applied = await attempt(context, true, async (tx, catalogue) => {
      const recalled = (await Once.load(tx, catalogue.workspace, [caller])).recall(caller);
      if (recalled !== undefined) return recalled;
      const taken = await TakenPlan.take(tx, catalogue, caller, plan, asked);
      if (body === 'sent') taken.checkBody(asked.body);
      const whole = body === 'sent' ? command : withBody(command, taken.bodyAsPlanned());
      const within = { changes: 0, undone: false };
      const { outcome, found } = await write(context, tx, catalogue, caller, whole, within);
      await taken.settle(tx, catalogue, found);
      if (within.changes > 0) insertCommit(tx, catalogue.workspace, clock.now(), within.changes);
      return outcome;
    });
    if (applied instanceof IdempotencyKeyReused) throw applied;
    return shownOutcome(caller.principal, applied);
  } catch (fault) {
    if (fault instanceof PlanNotMet) return fault.refused;
    throw fault;
  }
}

async function undone(tx: Transaction, work: () => Promise<Written>): Promise<Written> {
  try {
    return await tx.attempt(async () => {
      throw new Planned(await work());
    });
  } catch (fault) {
    if (fault instanceof Planned) return fault.written;
    throw fault;
  }
}

/** The first former key of a type is told to the workspace before it is written: a plan's never is. */
function asIfAliased(catalogue: Catalogue): Catalogue {
  const typesById = new Map([...catalogue.typesById].map(([id, type]) => [id, { ...type, aliased: true }]));
  return { ...catalogue, typesById };
}

type Written = { readonly outcome: WriteOutcome; readonly found: Found };

async function write(
  context: WriteContext,
  tx: Transaction,
  catalogue: Catalogue,
  caller: Caller,
  command: WriteCommand,
  within: Within,
): Promise<Written> {
  const options = { wait: true, show: (set: WorkingSet, row: WorkingRow) => set.view(row), within };
  const [outcome] = await runBatch(tx, catalogue, context.numbers, [{ caller, command }], options);
  if (typeof outcome !== 'object' || !('kind' in outcome)) throw new Error('A write that waits was not judged');
  const items = new PlanItems();
  await collectChanges(tx, { catalogue, items, namedBy: namedBy(command) }, within.changes);
  for (const item of itemsOf(command, outcome)) items.add(item);
  return { outcome, found: { items, counts: countsOf(outcome) } };
}

function namedBy(command: WriteCommand): NamedBy {
  const { type, ref } = command.kind === 'upsert' || command.kind === 'delete' ? command : command.from;
  return ref?.by === 'key' ? { type, field: ref.field } : null;
}

/** What a write did that is no change of a record or link: links that wait, and a refusal when it is applied. */
function itemsOf(command: WriteCommand, outcome: WriteOutcome): PlanItem[] {
  const { type, ref } = command.kind === 'upsert' || command.kind === 'delete' ? command : command.from;
  const key = ref === null ? null : ref.by === 'key' ? ref.value : formatRef(ref);
  const nothing = { ...noItem, type, key };
  switch (outcome.kind) {
    case 'deferred':
      return [{ ...nothing, action: 'defer', link: waitingLink(outcome.pending) }];
    case 'withdrawn':
      return outcome.pending.map((one) => ({ ...withdrawnItem(one), type, key }));
    case 'rejected':
      return [{ ...nothing, action: 'reject', issues: outcome.violations.map(issueOf) }];
    default:
      return [];
  }
}

/** A link that waits, and will do so no more. */
export const withdrawnItem = (waiting: PendingLinkView): PlanItem => ({
  ...noItem,
  action: 'withdraw',
  type: waiting.left.type,
  key: formatRef(waiting.left.ref),
  link: waitingLink(waiting),
});

function waitingLink({ link, left, right, role, attributes, removes }: PendingLinkView): PlanItem['link'] {
  const named = ({ type, ref }: PendingLinkView['left']) => ({ type, number: null, id: null, key: formatRef(ref) });
  const said = { role: role?.name ?? null, attributes };
  const change = removes ? { before: said, after: null } : { before: null, after: said };
  return { link, number: null, left: named(left), right: named(right), ...change };
}

export const issueOf = (violation: RowViolation): PlanIssue => ({
  severity: 'error',
  code: violation.code,
  member: 'field' in violation ? violation.field : null,
  value: null,
  message: violation.message,
  remedy: null,
});

/** A delete was received by nobody: it is counted apart, as in a complete set. */
function countsOf(outcome: WriteOutcome): RunCounts {
  switch (outcome.kind) {
    case 'deleted':
      return { ...noCounts, deleted: 1 };
    case 'unlinked':
      return { ...noCounts, received: 1, [outcome.removed.length > 0 ? 'updated' : 'unchanged']: 1 };
    case 'withdrawn':
      return { ...noCounts, received: 1, updated: 1 };
    case 'waits':
      return { ...noCounts, received: 1, unchanged: 1 };
    case 'stale':
      return { ...noCounts, received: 1, superseded: 1 };
    case 'deferred':
      return { ...noCounts, received: 1, held: 1 };
    default:
      return { ...noCounts, received: 1, [outcome.kind]: 1 };
  }
}

/** The members of a command that come in the body of a call. */
const bodyMembers = new Set(['fields', 'role', 'newRole', 'attributes', 'defer', 'stamp']);

/** What removes something has no body: all of it stands in the address. */
const isOfBody = (command: WriteCommand, name: string): boolean =>
  bodyMembers.has(name) && (command.kind === 'upsert' || command.kind === 'link');

const bodyOf = (command: WriteCommand): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(command).filter(([name]) => isOfBody(command, name)));

function withBody(command: WriteCommand, body: Readonly<Record<string, unknown>>): WriteCommand {
  const { defer } = body as { defer?: { expiresAt: string | null } };
  const until = defer && { expiresAt: defer.expiresAt === null ? null : new Date(defer.expiresAt) };
  return { ...command, ...body, ...(until && { defer: until }) } as WriteCommand;
}

function askedOf(command: WriteCommand): Asked {
  // When what waits expires is counted from the time of the call.
  const asked = Object.entries(command).map(([name, value]) => [name, name === 'defer' ? true : value] as const);
  const call = Object.fromEntries(asked.filter(([name]) => !isOfBody(command, name)));
  const body = asked.filter(([name]) => isOfBody(command, name));
  return { kind: 'write', call: JSON.stringify(call), body: hashOf(JSON.stringify(body)) };
}

/** Ids of the records, also where nothing of them is in the items. A key is in the call. */
function aboutOf(catalogue: Catalogue, command: WriteCommand, outcome: WriteOutcome): string[] {
  const refs =
    command.kind === 'upsert' || command.kind === 'delete' ? [command.ref] : [command.from.ref, command.to.ref];
  const named = refs.flatMap((ref) => {
    if (ref?.by === 'number') return [guidOf('record', catalogue.workspace, ref.number)];
    return ref?.by === 'id' ? [ref.id] : [];
  });
  if ('record' in outcome) return [...named, outcome.record.id];
  return 'link' in outcome ? [...named, outcome.link.left.id, outcome.link.right.id] : named;
}
