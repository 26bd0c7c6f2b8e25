/** Merges a duplicate into a survivor, in a transaction of its own; a plan judges the same, and writes nothing. */
import type { Catalogue } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { MergeCommand, MergeOutcome } from '../../model/merge.ts';
import type { Caller } from '../../model/principal.ts';
import { insertCommit } from '../../store/changes/changes.ts';
import { keepLinksOff } from '../../store/links/unheld-links.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import { putMerge, readAliasesOf } from '../../store/records/aliases.ts';
import { drawNumbers } from '../../store/records/records.ts';
import { grantViolations } from '../access/grants.ts';
import { IdempotencyKeyReused } from '../hub-errors.ts';
import { attempt, type WriteContext } from '../write/attempt.ts';
import { LinkWants, Wants } from '../write/commands.ts';
import { judgeMerge } from '../write/judging/judge-merge.ts';
import { rejectedFor } from '../write/judging/rejected.ts';
import { Once } from '../write/once.ts';
import { holdCatalogue } from '../write/run-batch.ts';
import { loadLinks, loadLookupOwners, loadRows } from '../write/working/load-set.ts';
import { storeSet } from '../write/working/store-set.ts';
import type { WorkingSet } from '../write/working/working-set.ts';

type Options = { readonly plan: boolean };

export async function merge(
  context: WriteContext,
  caller: Caller,
  command: MergeCommand,
  options: Options,
): Promise<MergeOutcome> {
  const outcome = await attempt(context, true, (tx, catalogue) => mergeOnce(tx, catalogue, caller, command, options));
  if (outcome instanceof IdempotencyKeyReused) throw outcome;
  return outcome;
}

async function mergeOnce(
  tx: Transaction,
  catalogue: Catalogue,
  caller: Caller,
  command: MergeCommand,
  { plan }: Options,
): Promise<MergeOutcome | IdempotencyKeyReused> {
  const { workspace } = catalogue;
  await holdCatalogue(tx, catalogue);
  const type = catalogue.types.get(command.type);
  // It tells the values of both, a repetition too.
  const unreadable = type && rejectedFor(grantViolations(caller.principal, 'read', type.key));
  if (unreadable) return unreadable;
  const once = await Once.load(tx, workspace, [caller]);
  const recalled = once.recall(caller);
  if (recalled !== undefined) return recalled as MergeOutcome | IdempotencyKeyReused;
  const set = await loadPair(tx, catalogue, command);
  const duplicate = type && set.find(type, command.from);
  const aliases = duplicate && type.aliased ? await readAliasesOf(tx, workspace, duplicate.number) : [];
  const judged = judgeMerge(set, { caller, interface: null, run: null }, command, aliases);
  if ('kind' in judged) return judged;
  const outcome = {
    record: set.view(judged.survivor),
    duplicate: set.pointer(judged.duplicate),
    steps: judged.steps,
  };
  if (plan) return { kind: 'planned', ...outcome };
  const changes = await storeSet(tx, set, 0);
  putMerge(tx, workspace, judged.duplicate.number, judged.survivor.number);
  const merged: MergeOutcome = { kind: 'merged', ...outcome };
  once.remember(caller, merged);
  once.store(tx, workspace, set.now);
  insertCommit(tx, workspace, set.now, changes);
  return merged;
}

/** Both records with all of their links, and the records whose lookups show the duplicate. */
async function loadPair(tx: Transaction, catalogue: Catalogue, command: MergeCommand): Promise<WorkingSet> {
  const type = catalogue.types.get(command.type);
  const wants = new Wants(catalogue);
  for (const ref of [command.ref, command.from]) wants.addRef(type, ref);
  const { set } = await loadRows(tx, catalogue, clock.now(), wants.wanted);
  await keepLinksOff(tx, catalogue.workspace);
  const links = new LinkWants();
  for (const number of set.rows.keys()) links.addRecord(number);
  await loadLinks(tx, set, links);
  const numbers = [...set.rows.keys()];
  await loadLookupOwners(tx, set, numbers);
  set.giveNumbers(await drawNumbers(tx, { records: 0, links: set.links.size }));
  return set;
}
