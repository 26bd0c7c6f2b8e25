/**
 * The part of a server that applies what waits: at once when a run ends or is queued here, and whatever other servers left, by looking for
 * it now and then. It looks for interfaces that are overdue as well.
 */
import { clock } from '../../../model/clock.ts';
import { type WorkspaceId, workspaceId } from '../../../model/ids.ts';
import { forgetReserved, readOpenInterfaces } from '../../../store/sync/run-queue.ts';
import { pause } from '../../pause.ts';
import type { ReceivingGate } from '../receiving/receiving-gate.ts';
import { failLostRuns } from './lost-runs.ts';
import { tellOverdue } from './overdue.ts';
import { type TakeUpContext, takeUp } from './take-up.ts';

const lookMs = 500;
/** Between the reservation of a run and its record lie milliseconds. */
const reservedMs = 60_000;

export type QueueWorker = {
  /** Runs at work are waited for. */
  stop(): Promise<void>;
};

export type QueueOptions = {
  /** Told of what went wrong on our side; the worker goes on. */
  readonly onError?: (error: unknown) => void;
};

type Work = { done: Promise<void>; again: boolean };

export class RunQueue {
  readonly #context: TakeUpContext;
  readonly #gate: ReceivingGate;
  readonly #atWork = new Map<string, Work>();
  #report: (error: unknown) => void = () => {};
  #isClosed = false;

  constructor(context: TakeUpContext, gate: ReceivingGate) {
    this.#context = context;
    this.#gate = gate;
  }

  /** In the background; who looks for work later finds what cannot be applied now. */
  tryNow(workspace: WorkspaceId, interfaceId: number): void {
    if (this.#isClosed) return;
    const key = `${workspace} ${interfaceId}`;
    const known = this.#atWork.get(key);
    if (known !== undefined) {
      known.again = true;
      return;
    }
    const work: Work = { again: true, done: Promise.resolve() };
    this.#atWork.set(key, work);
    work.done = this.#apply(key, work, workspace, interfaceId).catch((error) => this.#report(error));
  }

  async #apply(key: string, work: Work, workspace: WorkspaceId, interfaceId: number): Promise<void> {
    const stop = await this.#gate.apply(workspace);
    try {
      for (let isDue = true; isDue && !this.#isClosed; ) {
        work.again = false;
        isDue = (await takeUp(this.#context, workspace, interfaceId)) || work.again;
      }
    } finally {
      this.#atWork.delete(key); // in one go with the last look at `again`: nobody may believe to have woken it after that
      stop();
    }
  }

  /** Looks for work until it is stopped, beside other servers that do. */
  start(options: QueueOptions): QueueWorker {
    this.#report = options.onError ?? (() => {});
    const stopping = new AbortController();
    const running = this.#lookOn(stopping.signal);
    return {
      stop: async () => {
        stopping.abort();
        await running;
        await this.close();
      },
    };
  }

  async #lookOn(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      try {
        await this.#look();
        await tellOverdue(this.#context.database);
      } catch (error) {
        this.#report(error);
      }
      await pause(lookMs, stopping);
    }
  }

  async #look(): Promise<void> {
    for (const { workspace_id, interface: id } of await this.#context.database.global(readOpenInterfaces)) {
      const workspace = workspaceId(workspace_id);
      await this.#settle(workspace, id);
      this.tryNow(workspace, id);
    }
  }

  #settle(workspace: WorkspaceId, interfaceId: number): Promise<void> {
    return this.#context.database.inWorkspace(workspace, async (tx) => {
      const now = clock.now();
      await forgetReserved(tx, workspace, interfaceId, new Date(now.getTime() - reservedMs));
      const lost = await failLostRuns(tx, workspace, [interfaceId]);
      lost?.commit(now);
    });
  }

  /** Takes up no more, and waits for what is at work. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#atWork.values()].map(({ done }) => done));
  }
}
