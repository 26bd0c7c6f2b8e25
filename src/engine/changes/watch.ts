/**
 * Waits for commits. While anybody of a workspace waits, this process asks for the workspace's last commit a few times a second, once for
 * all who wait: writes need not tell anybody, and a commit through another server is seen as soon.
 */
import type { WorkspaceId } from '../../model/ids.ts';

const askMs = 200;

type Watched = { readonly waiting: Set<() => void>; commit: number };

export class FeedWatch {
  readonly #lastCommit: (workspace: WorkspaceId) => Promise<number>;
  readonly #watched = new Map<WorkspaceId, Watched>();

  constructor(lastCommit: (workspace: WorkspaceId) => Promise<number>) {
    this.#lastCommit = lastCommit;
  }

  /** Resolves when there is a commit behind `commit`, after `ms`, or when the signal says so. */
  wait(workspace: WorkspaceId, commit: number, ms: number, signal: AbortSignal | undefined): Promise<void> {
    const known = this.#watched.get(workspace);
    if (signal?.aborted || (known !== undefined && known.commit > commit)) return Promise.resolve();
    const watched = known ?? this.#watch(workspace, commit);
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        watched.waiting.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener('abort', end);
      watched.waiting.add(end);
    });
  }

  #watch(workspace: WorkspaceId, commit: number): Watched {
    const watched: Watched = { waiting: new Set(), commit };
    this.#watched.set(workspace, watched);
    void this.#ask(workspace, watched);
    return watched;
  }

  async #ask(workspace: WorkspaceId, watched: Watched): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, askMs));
      if (watched.waiting.size === 0) break;
      // Away for a moment, the database is asked again: whoever waits too long is answered by its own next question.
      const last = await this.#lastCommit(workspace).catch(() => watched.commit);
      if (last <= watched.commit) continue;
      watched.commit = last;
      for (const end of [...watched.waiting]) end();
    }
    this.#watched.delete(workspace);
  }
}
