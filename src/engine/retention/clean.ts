/** A cleaning that somebody asks for: of one workspace, or of all. */
import { randomUUID } from 'node:crypto';
import { clock } from '../../model/clock.ts';
import { type WorkspaceId, workspaceId } from '../../model/ids.ts';
import type { Caller } from '../../model/principal.ts';
import type { CleanCounts } from '../../model/retention.ts';
import { readWorkspaces } from '../../store/access/principals.ts';
import { sweepSessions } from '../../store/access/sessions.ts';
import { sweepWrongPasswords } from '../../store/access/wrong-passwords.ts';
import * as store from '../../store/cleaning/cleaning-claims.ts';
import { type Database, isRaceLost, type Transaction } from '../../store/postgres/database.ts';
import { lockStart } from '../access/lockout.ts';
import { type FillingContext, fillIndexes, isFilled } from '../schema/fill-index.ts';
import { type Pace, WorkspaceCleaning } from './steps.ts';

export type CleanOutcome =
  /** `more`: there was no time for all of it. */
  | { readonly kind: 'cleaned'; readonly counts: CleanCounts; readonly more: boolean }
  | { readonly kind: 'planned'; readonly counts: CleanCounts }
  | { readonly kind: 'at_work' }
  | { readonly kind: 'forbidden' };

export type CleanedWorkspace = { readonly workspace: string; readonly outcome: CleanOutcome };

export type CleaningContext = FillingContext;

/** What belongs to no workspace. */
export const ofNone = 0;
const patienceMs = 10_000;
export const claimMs = 120_000;
export const everyMs = 3_600_000;
const soonMs = 10_000;
const sessionsAtOnce = 2_000;

export async function clean(
  context: CleaningContext,
  caller: Caller,
  { plan }: { readonly plan: boolean },
): Promise<CleanOutcome> {
  if (caller.principal.role !== 'admin') return { kind: 'forbidden' };
  const until = performance.now() + patienceMs;
  return cleanOne(context, caller.principal.workspace, plan, async () => performance.now() < until);
}

export async function cleanAll(
  context: CleaningContext,
  { plan }: { readonly plan: boolean },
): Promise<CleanedWorkspace[]> {
  const pace: Pace = async () => true;
  const cleaned: CleanedWorkspace[] = [];
  for (const { workspace_id: id, name } of await context.database.global(readWorkspaces))
    cleaned.push({ workspace: name, outcome: await cleanOne(context, workspaceId(id), plan, pace) });
  if (!plan) await cleanSessions(context.database, pace);
  return cleaned;
}

async function cleanOne(
  context: CleaningContext,
  workspace: WorkspaceId,
  plan: boolean,
  pace: Pace,
): Promise<CleanOutcome> {
  const { database } = context;
  const now = clock.now();
  const cleaning = new WorkspaceCleaning(database, await context.catalogue(workspace), now);
  if (plan) return { kind: 'planned', counts: await cleaning.plan() };
  const by = randomUUID();
  const claim = (at: Date): Promise<boolean> =>
    database.global((tx) => store.claimCleaningOf(tx, workspace, at, { by, until: new Date(at.getTime() + claimMs) }));
  if (!(await claim(now))) return { kind: 'at_work' };
  try {
    const goOn: Pace = async () => (await pace()) && claim(clock.now());
    const isDone = (await fillIndexes(context, workspace, goOn)) && (await cleaning.clean(goOn));
    return { kind: 'cleaned', counts: cleaning.counts, more: !isDone };
  } catch (fault) {
    // Somebody held a row for long: the rest goes another time.
    if (!isRaceLost(fault)) throw fault;
    return { kind: 'cleaned', counts: cleaning.counts, more: true };
  } finally {
    await endCleaning(context, workspace, by, new Date(clock.nowMs() + everyMs));
  }
}

/** The next one is due at `next`, or as soon as a schema change, perhaps a moment ago, has left an index to be filled. */
export async function endCleaning(context: CleaningContext, workspace: number, by: string, next: Date): Promise<void> {
  const { database } = context;
  await database.global((tx) => store.endCleaning(tx, workspace, by, next));
  if (workspace === ofNone || (await isFilled(context, workspaceId(workspace)))) return;
  await database.global(async (tx) => store.cleanSoon(tx, workspace, new Date(clock.nowMs() + soonMs)));
}

/** Sessions and nonces that have ended, and wrong passwords that no longer count. */
export async function cleanSessions(database: Database, pace: Pace): Promise<void> {
  const sweep = async (tx: Transaction): Promise<boolean> => {
    const now = clock.now();
    const areMoreSessions = await sweepSessions(tx, now, sessionsAtOnce);
    return (await sweepWrongPasswords(tx, lockStart(now), sessionsAtOnce)) || areMoreSessions;
  };
  while (await database.global(sweep)) if (!(await pace())) return;
}
