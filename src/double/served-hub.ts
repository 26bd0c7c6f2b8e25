/** The hub that a double serves: always that of the current database, whichever that is. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../engine/hub.ts';

/** What works beside the requests: queued runs, webhooks, cleaning. */
export type Work = { stop(): Promise<void> };
export type OpenHub = (database: string) => Hub;

/** How long requests under way may still take before the hub is changed under them. */
const patienceMs = 1000;

export class ServedHub {
  readonly #open: OpenHub;
  readonly #work: (hub: Hub) => Work;
  #opened: { readonly hub: Hub; readonly work: Work } | undefined;
  #changing: Promise<unknown> | undefined;
  #underWay = 0;
  #onIdle: (() => void) | undefined;

  /** What the dialects are given. Whatever of it they hold goes on to the current database. */
  readonly hub: Hub = following(() => this.#now);

  constructor(open: OpenHub, work: (hub: Hub) => Work) {
    this.#open = open;
    this.#work = work;
  }

  get #now(): Hub {
    if (this.#opened === undefined) throw new Error('The double has no hub');
    return this.#opened.hub;
  }

  /** Lets requests wait while the hub is changed. @param isExempt those that change it. */
  guard(app: FastifyInstance, isExempt: (url: string) => boolean): void {
    app.addHook('onRequest', async (request, reply) => {
      if (isExempt(request.raw.url ?? '/')) return;
      while (this.#changing !== undefined) await this.#changing;
      this.#underWay++;
      reply.raw.once('close', () => {
        this.#underWay--;
        if (this.#underWay === 0) this.#onIdle?.();
      });
    });
  }

  /** Runs `work` while no request is at work, one such after the other. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#changing !== undefined) await this.#changing;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#changing = promise;
    try {
      if (this.#underWay > 0) await this.#idle();
      return await work();
    } finally {
      this.#changing = undefined;
      resolve();
    }
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#onIdle?.(), patienceMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        this.#onIdle = undefined;
        resolve();
      };
    });
  }

  /** Serves another database, at once. @returns the end of the hub that was served before. */
  serve(database: string): { ended: Promise<unknown> } {
    const before = this.#opened;
    const hub = this.#open(database);
    this.#opened = { hub, work: this.#work(hub) };
    return { ended: before === undefined ? Promise.resolve() : end(before) };
  }

  /** Serves nothing, until `serve` is called again. */
  async rest(): Promise<void> {
    const before = this.#opened;
    if (before === undefined) return;
    // A delivery may wait for an answer for long; it is ended with its connection.
    await Promise.race([end(before), new Promise((resolve) => setTimeout(resolve, patienceMs))]);
  }

  async close(): Promise<void> {
    if (this.#opened !== undefined) await end(this.#opened);
  }
}

/** Stands for what `now` gives, asked anew at each call, and so do its parts. */
function following<T extends object>(now: () => T): T {
  return new Proxy({} as T, {
    get(_, name) {
      const member = (): unknown => now()[name as keyof T];
      const found = member();
      if (typeof found === 'function')
        return (...asked: unknown[]) => Reflect.apply(member() as () => unknown, now(), asked);
      return typeof found === 'object' && found !== null ? following(member as () => object) : found;
    },
  });
}

const end = ({ hub, work }: { hub: Hub; work: Work }): Promise<unknown> =>
  work
    .stop()
    .then(() => hub.close())
    .catch(() => {}); // its database is gone
