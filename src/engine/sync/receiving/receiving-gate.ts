/**
 * At most a few runs and planned imports are received at once, since each holds a connection while its body arrives; of these, fewer are
 * applied. No workspace takes all the places, however slow its senders are: some are left to the others.
 */
import type { WorkspaceId } from '../../../model/ids.ts';
import { Overloaded } from '../../hub-errors.ts';

type Most = { readonly all: number; readonly ofOne: number };
const mostReceiving: Most = { all: 6, ofOne: 4 };
/** Each of them has what is known of its interface in memory. */
const mostApplying: Most = { all: 3, ofOne: 2 };

/** To be called at the end; once is enough. */
type Leave = () => void;

export class ReceivingGate {
  readonly #patienceMs: number;
  readonly #receiving = new Places(mostReceiving);
  readonly #applying = new Places(mostApplying);

  constructor(patienceMs = 60_000) {
    this.#patienceMs = patienceMs;
  }

  /** Waits for its turn. Throws Overloaded after a while. */
  enter(workspace: WorkspaceId): Promise<Leave> {
    return this.#receiving.enter(workspace, this.#patienceMs);
  }

  /** For what is received and applied at once, and never queued. Waits for both turns, holding no place of others until it may apply. */
  async enterToApply(workspace: WorkspaceId): Promise<Leave> {
    const stopApplying = await this.#applying.enter(workspace, this.#patienceMs);
    const leave = await this.enter(workspace).catch((fault) => {
      stopApplying();
      throw fault;
    });
    return () => {
      stopApplying();
      leave();
    };
  }

  /** undefined: too many are at it already; a set can wait in the queue. */
  tryApply(workspace: WorkspaceId): Leave | undefined {
    return this.#applying.tryEnter(workspace);
  }

  /** For whoever works on the queue: as long as it takes. */
  apply(workspace: WorkspaceId): Promise<Leave> {
    return this.#applying.enter(workspace);
  }
}

type Waiting = { readonly workspace: WorkspaceId; readonly enter: (leave: Leave) => void };

class Places {
  readonly #most: Most;
  readonly #taken = new Map<WorkspaceId, number>();
  #all = 0;
  #waiting: Waiting[] = [];

  constructor(most: Most) {
    this.#most = most;
  }

  tryEnter(workspace: WorkspaceId): Leave | undefined {
    const taken = this.#taken.get(workspace) ?? 0;
    if (this.#all === this.#most.all || taken === this.#most.ofOne) return undefined;
    this.#all += 1;
    this.#taken.set(workspace, taken + 1);
    let isOver = false;
    return () => {
      if (!isOver) this.#leave(workspace);
      isOver = true;
    };
  }

  /** In the order of arrival, but for those whose workspace has its share. */
  async enter(workspace: WorkspaceId, patienceMs?: number): Promise<Leave> {
    return this.tryEnter(workspace) ?? this.#turn(workspace, patienceMs);
  }

  #turn(workspace: WorkspaceId, patienceMs: number | undefined): Promise<Leave> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        workspace,
        enter: (leave) => {
          clearTimeout(timer);
          resolve(leave);
        },
      };
      const giveUp = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting);
        reject(new Overloaded(30));
      };
      const timer = patienceMs === undefined ? undefined : setTimeout(giveUp, patienceMs);
      this.#waiting.push(waiting);
    });
  }

  #leave(workspace: WorkspaceId): void {
    const taken = this.#taken.get(workspace) ?? 0;
    this.#all -= 1;
    if (taken > 1) this.#taken.set(workspace, taken - 1);
    else this.#taken.delete(workspace);
    for (const [at, waiting] of this.#waiting.entries()) {
      const leave = this.tryEnter(waiting.workspace);
      if (leave === undefined) continue;
      this.#waiting.splice(at, 1);
      waiting.enter(leave);
      return;
    }
  }
}
