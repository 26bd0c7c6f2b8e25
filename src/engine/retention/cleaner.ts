/** The part of a server that cleans: looks now and then for a workspace that is due, claims it, and takes away what is too old. */
import { randomUUID } from 'node:crypto';
import { clock } from '../../model/clock.ts';
import { workspaceId } from '../../model/ids.ts';
import * as store from '../../store/cleaning/cleaning-claims.ts';
import { isRaceLost } from '../../store/postgres/database.ts';
import { fillIndexes } from '../schema/fill-index.ts';
import { type CleaningContext, claimMs, cleanSessions, endCleaning, everyMs, ofNone } from './clean.ts';
import { type Pace, WorkspaceCleaning } from './steps.ts';

export type CleanerOptions = {
  /** Told of what went wrong on our side; the cleaner goes on. */
  readonly onError?: (error: unknown) => void;
  /** How often to look for a workspace that is due. */
  readonly lookMs?: number;
  /** Between two transactions. */
  readonly pauseMs?: number;
};

export type Cleaner = {
  /** The transaction under way is waited for. */
  stop(): Promise<void>;
};

const defaultLookMs = 30_000;
const defaultPauseMs = 50;

export function startCleaner(context: CleaningContext, options: CleanerOptions): Cleaner {
  const { database } = context;
  const { onError = () => {}, lookMs = defaultLookMs, pauseMs = defaultPauseMs } = options;
  const stopping = new AbortController();
  const { signal } = stopping;

  /** @returns whether there was a workspace that is due. */
  async function cleanNext(): Promise<boolean> {
    const by = randomUUID();
    const claimUntil = (now: Date) => ({ by, until: new Date(now.getTime() + claimMs) });
    const now = clock.now();
    const claimed = await database.global((tx) => store.claimCleaning(tx, now, claimUntil(now)));
    if (claimed === undefined) return false;
    const pace: Pace = async () => {
      await pause(pauseMs, signal);
      const at = clock.now();
      return !signal.aborted && database.global((tx) => store.claimCleaningOf(tx, claimed, at, claimUntil(at)));
    };
    try {
      if (claimed === ofNone) await cleanSessions(database, pace);
      else if (await fillIndexes(context, workspaceId(claimed), pace))
        await new WorkspaceCleaning(database, await context.catalogue(workspaceId(claimed)), now).clean(pace);
    } catch (fault) {
      if (!isRaceLost(fault)) onError(fault);
    }
    const next = new Date(clock.nowMs() + everyMs * (0.75 + Math.random() / 2));
    await endCleaning(context, claimed, by, next);
    return true;
  }

  async function run(): Promise<void> {
    // Servers that start together do not look together.
    await pause(lookMs * Math.random(), signal);
    while (!signal.aborted) {
      try {
        if (await cleanNext()) continue;
      } catch (fault) {
        onError(fault);
      }
      await pause(lookMs, signal);
    }
  }

  const running = run();
  return {
    stop() {
      stopping.abort();
      return running;
    },
  };
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
