/** Runs a batch of writes in a transaction; when another transaction came first, again on what is there then. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import { markPendingLinks } from '../../store/links/pending-links.ts';
import {
  type Database,
  DatabaseUnavailable,
  isLockTimeout,
  isRaceLost,
  isUniqueViolation,
  type Transaction,
  waitLongerForLocks,
} from '../../store/postgres/database.ts';
import { Overloaded, Unavailable } from '../hub-errors.ts';
import { markAliased } from '../keys/mark-aliased.ts';
import type { NumberPool } from './number-pool.ts';
import { UnmarkedLinkTypes } from './pending/pending.ts';
import { type BatchOptions, type BatchOutcome, runBatch, StaleCatalogue, type WriteItem } from './run-batch.ts';
import { MustHold } from './unheld-links.ts';
import { FirstAlias } from './working/store-set.ts';

const maxAttempts = 8;
/** How long a batch that waits does so for rows that others hold, at each attempt. */
const patienceSeconds = 3;

export type WriteContext = {
  readonly database: Database;
  /** For what must be committed before a batch can be tried again. */
  readonly apart: Database;
  readonly workspace: WorkspaceId;
  readonly catalogue: () => Promise<Catalogue>;
  readonly staleCatalogue: () => void;
  readonly numbers: NumberPool;
};

/** @param options `wait` for rows that others hold; otherwise their commands come back as `held`. */
export const attemptBatch = <Shown>(
  context: WriteContext,
  items: readonly WriteItem[],
  options: BatchOptions<Shown>,
): Promise<BatchOutcome<Shown>[]> => {
  const first = options.wait ? { ...options, ends: { wanted: null } } : options;
  return attempt(context, options.wait, (tx, catalogue, tried) => {
    const now = tried === 1 ? first : { ...first, assumesNew: false };
    // What was only taken to be new is looked for first: it may be there as it should be.
    if (options.unheld !== undefined && tried > (options.assumesNew ? 2 : 1)) options.unheld.holds = true;
    return runBatch(tx, catalogue, context.numbers, items, now);
  });
};

/** Does the work in a transaction, and does it again when another one came first. */
export async function attempt<Outcome>(
  context: WriteContext,
  wait: boolean,
  work: (tx: Transaction, catalogue: Catalogue, tried: number) => Promise<Outcome>,
): Promise<Outcome> {
  let isContended = false; // by a unique violation alone, at each attempt, nobody came first: see publicFault
  for (let tried = 1; ; tried++) {
    try {
      const catalogue = await context.catalogue();
      return await context.database.inWorkspace(context.workspace, async (tx) => {
        if (wait) waitLongerForLocks(tx, patienceSeconds);
        return work(tx, catalogue, tried);
      });
    } catch (fault) {
      if (fault instanceof UnmarkedLinkTypes) await markLinkTypes(context, fault.linkTypes);
      else if (fault instanceof FirstAlias) await markAliased(context.apart, context.workspace, fault.type);
      if (fault instanceof StaleCatalogue || fault instanceof FirstAlias) context.staleCatalogue();
      else if (!isRaceLost(fault) && !(fault instanceof UnmarkedLinkTypes || fault instanceof MustHold)) throw fault;
      if (isLockTimeout(fault) && !wait) throw fault;
      isContended ||= !isUniqueViolation(fault);
      if (tried === maxAttempts) throw isContended && isUniqueViolation(fault) ? new Overloaded(5) : fault;
    }
  }
}

export async function markLinkTypes(
  { apart, workspace }: Pick<WriteContext, 'apart' | 'workspace'>,
  linkTypes: readonly number[],
): Promise<void> {
  await apart
    .inWorkspace(workspace, (tx) => markPendingLinks(tx, workspace, linkTypes))
    .catch((fault: unknown) => {
      if (!isRaceLost(fault)) throw fault; // batches have been at work all the time: tried again
    });
}

/** A fault of the database in the words that the layers above know. */
export function publicFault(fault: unknown): unknown {
  if (fault instanceof DatabaseUnavailable) return new Unavailable(5, { cause: fault });
  if (isUniqueViolation(fault)) return fault; // it came again at each attempt, so that it is no race, and waiting is of no use
  // Only after many attempts: a transaction that outlasts them all holds the row, or the schema changes all the time.
  return isRaceLost(fault) || fault instanceof StaleCatalogue || fault instanceof UnmarkedLinkTypes
    ? new Overloaded(5)
    : fault;
}
