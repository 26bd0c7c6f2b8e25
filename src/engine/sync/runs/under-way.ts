/**
 * How far those runs have come that this server is at work on. What a run writes is seen by others when all of it is done; until then only
 * the server that does it can tell. Whoever asks another one is shown the run as it began.
 */
import type { RunCounts, RunView } from '../../../model/runs.ts';

/** How many elements came, counted as they come: what is known of a set that turns out to be none. `counts`: once its body is whole. */
export type Progress = { received: number; counts?: RunCounts };

export class RunsUnderWay {
  readonly #progress = new Map<string, Progress>();

  async during<Result>(
    workspace: number,
    run: number,
    progress: Progress,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const name = nameOf(workspace, run);
    this.#progress.set(name, progress);
    try {
      return await work();
    } finally {
      this.#progress.delete(name);
    }
  }

  /** A run as it is shown, as far as it has come. */
  shown(workspace: number, run: RunView): RunView {
    const progress = run.finishedAt === null ? this.#progress.get(nameOf(workspace, run.number)) : undefined;
    if (progress === undefined) return run;
    const { received, counts } = progress;
    return { ...run, counts: { ...run.counts, ...counts, received: Math.max(received, run.counts.received) } };
  }
}

const nameOf = (workspace: number, run: number): string => `${workspace} ${run}`;
