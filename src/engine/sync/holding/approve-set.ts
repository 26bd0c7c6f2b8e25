/**
 * A set that was held as a whole, and that somebody has approved: it is applied as it would have been, or refused when it would not come to
 * the same any more.
 */

import { clock } from '../../../model/clock.ts';
import type { SetReaders } from '../../../model/commands.ts';
import type { HeldOutcome, RunCounts } from '../../../model/runs.ts';
import { count } from '../../../model/text.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { forgetHeldDeletes, noteHeldEnd } from '../../../store/sync/held-deletes.ts';
import type { RunRow } from '../../../store/sync/runs.ts';
import type { RunContext } from '../applying/apply.ts';
import { applySet } from '../applying/apply-set.ts';
import { resolveScope } from '../applying/scope.ts';
import { NumberSet } from '../known/number-set.ts';
import { storedSet } from '../queue/take-up.ts';
import { MalformedSet } from '../receiving/malformed-set.ts';
import { RefusedSet } from '../receiving/refused-set.ts';
import { UnreadableSet } from '../runs/fail-run.ts';
import { lockHeld, MoreThanApproved, whyItStays } from './held-since.ts';
import { ComesToSomethingElse } from './hold-run.ts';

export type SetMeans = { readonly secretKey: string; readonly readers: SetReaders };

export async function applyHeld(
  tx: Transaction,
  { secretKey, readers }: SetMeans,
  at: RunContext,
  row: RunRow,
  most: number,
): Promise<RunRow> {
  const { catalogue, on, type } = at;
  const { workspace } = catalogue;
  const reader = readers[row.format ?? '']?.({ catalogue, interface: on, type });
  if (reader === undefined) throw new ComesToSomethingElse('This server cannot read its format.');
  const scope = await resolveScope(tx, at, row.scope ?? {});
  const shown = await asShown(tx, at, row);
  forgetHeldDeletes(tx, workspace, row.run);
  const source = storedSet(tx, workspace, row, reader);
  await noteHeldEnd(tx, workspace, row.run, { outcome: 'approved', by: at.caller.principal.id, at: clock.now() });
  const applied = await applySet(
    tx,
    { ...at, scope, approved: { records: row.held_whole?.records ?? '', shown } },
    source,
    { received: 0 },
    secretKey,
  );
  if (applied.state !== 'superseded') compare(row, applied.counts, most);
  return applied;
}

/** Those that it may take away, all of which are as they were; but for such as somebody else has deleted. */
async function asShown(tx: Transaction, { catalogue, type }: RunContext, row: RunRow): Promise<NumberSet> {
  const shown = new NumberSet();
  for await (const { numbers, since } of lockHeld(tx, catalogue.workspace, row)) {
    for (const number of numbers) shown.add(number);
    for (const [number, what] of since)
      if (what !== 'gone')
        throw new ComesToSomethingElse(`it would take away ${type.label} ${number}, but ${whyItStays[what]}`);
  }
  return shown;
}

/** The deletes that were approved are a ceiling; all else must be the same. */
function compare({ held_whole: planned }: RunRow, now: RunCounts, most: number): void {
  const { deleted, unlinked = 0, kept = 0 } = now;
  const gone = deleted + unlinked + kept;
  if (gone > most) throw new MoreThanApproved(gone);
  for (const name of ['created', 'updated', 'unchanged', 'revived', 'rejected', 'superseded'] as const)
    if (planned?.[name] !== now[name])
      throw new ComesToSomethingElse(`${count(now[name], 'element')} would be ${name} now, and not ${planned?.[name]}`);
}

/** Why a set that was approved is not applied after all; undefined for faults. */
export function changedSince(fault: unknown): HeldOutcome | undefined {
  const isOfSet = fault instanceof MalformedSet || fault instanceof RefusedSet || fault instanceof UnreadableSet;
  if (!isOfSet && !(fault instanceof ComesToSomethingElse)) return undefined;
  const message = `What the set would do has changed since it was held: ${fault.message}. Nothing of it was applied: send the set again.`;
  return { kind: 'refused', code: 'held_changed', message };
}
