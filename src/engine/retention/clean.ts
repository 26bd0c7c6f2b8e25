/** A cleaning that somebody asks for: of one workspace, or of all. */
import { randomUUID } from 'node:crypto';
import type { Catalogue } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import { type WorkspaceId, workspaceId } from '../../model/ids.ts';
import type { Caller } from '../../model/principal.ts';
import type { CleanCounts } from '../../model/retention.ts';
import * as store from '../../store/cleaning-claims.ts';
import { type Database, isRaceLost, type Transaction } from '../../store/database.ts';
import { readWorkspaces } from '../../store/principals.ts';
import { sweepSessions } from '../../store/sessions.ts';
import { sweepWrongPasswords } from '../../store/wrong-passwords.ts';
import { lockStart } from '../access/lockout.ts';
import { type Pace, WorkspaceCleaning } from './steps.ts';

export type CleanOutcome =
  /** `more`: there was no time for all of it. */
  | { readonly kind: 'cleaned'; readonly counts: CleanCounts; readonly more: boolean }
  | { readonly kind: 'planned'; readonly counts: CleanCounts }
  | { readonly kind: 'at_work' }
  | { readonly kind: 'forbidden' };

export type CleanedWorkspace = { readonly workspace: string; readonly outcome: CleanOutcome };

export type CleaningContext = {
  readonly database: Database;
  readonly catalogue: (workspace: WorkspaceId) => Promise<Catalogue>;
};

/** What belongs to no workspace. */
export const ofNone = 0;
const patienceMs = 10_000;
export const claimMs = 120_000;
export const everyMs = 3_600_000;
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
    const isDone = await cleaning.clean(async () => (await pace()) && claim(clock.now()));
    return { kind: 'cleaned', counts: cleaning.counts, more: !isDone };
  } catch (fault) {
    // Somebody held a row for long: the rest goes another time.
    if (!isRaceLost(fault)) throw fault;
    return { kind: 'cleaned', counts: cleaning.counts, more: true };
  } finally {
    await database.global((tx) => store.endCleaning(tx, workspace, by, new Date(clock.nowMs() + everyMs)));
  }
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
