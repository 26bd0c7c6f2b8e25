/** What a double can go back to: snapshots, and the state that it was seeded with. Each is a database, of which a copy is served. */
import type { Hub } from '../engine/hub.ts';
import type { Copies } from '../store/postgres/copies.ts';
import type { OpenHub, ServedHub } from './served-hub.ts';

export type Snapshot = { readonly name: string; readonly madeAt: Date };

/** A refusal leaves everything as it was. */
export type Change = (hub: Hub) => Promise<'done' | 'refused'>;

export class DoubleState {
  readonly #copies: Copies;
  readonly #served: ServedHub;
  readonly #openHub: OpenHub;
  /** By the database that they are copies of: made ahead, as a restore then only has to serve them. */
  readonly #spares = new Map<string, Promise<string>>();
  /** The database that is served. */
  #current = '';

  constructor(copies: Copies, served: ServedHub, openHub: OpenHub) {
    this.#copies = copies;
    this.#served = served;
    this.#openHub = openHub;
  }

  /** Serves what was served last. */
  async begin(): Promise<void> {
    await this.#copies.dropStrays();
    const current = (await this.#copies.list()).find(({ role }) => role === 'current');
    if (current === undefined) throw new Error('The folder of the double holds no database to serve');
    this.#current = current.database;
    this.#served.serve(this.#current);
  }

  /** Makes the copy that the first reset will want. */
  async prepareReset(): Promise<void> {
    this.#prepare(await this.#base());
  }

  async snapshots(): Promise<Snapshot[]> {
    const copies = await this.#copies.list();
    return copies.filter(({ role }) => role === 'snapshot').map(({ name, made_at: madeAt }) => ({ name, madeAt }));
  }

  /** In the place of an older one of the same name. */
  save(name: string): Promise<Snapshot> {
    return this.#served.alone(async () => {
      const madeAt = new Date();
      const saved = await this.#whileResting((current) => this.#copies.make(current));
      await this.#discard(await this.#copies.keep('snapshot', name, saved, madeAt));
      this.#prepare(saved);
      return { name, madeAt };
    });
  }

  /** @returns false when there is none of this name. */
  restore(name: string): Promise<boolean> {
    return this.#served.alone(async () => {
      const found = (await this.#copies.list()).find((copy) => copy.role === 'snapshot' && copy.name === name);
      if (found !== undefined) await this.#goTo(found.database);
      return found !== undefined;
    });
  }

  remove(name: string): Promise<boolean> {
    return this.#served.alone(async () => {
      const database = await this.#copies.forget('snapshot', name);
      await this.#discard(database);
      return database !== undefined;
    });
  }

  /** Back to what it was seeded with, or to the demo data alone; without a seed that is the same. */
  reset(to: 'seed' | 'demo'): Promise<void> {
    return this.#served.alone(async () => {
      if (to === 'demo') await this.#discard(await this.#copies.forget('seed', ''));
      await this.#goTo(await this.#base());
    });
  }

  /** Changes what is served now, all of it or nothing, and makes that the state to go back to. */
  seed(change: Change): Promise<boolean> {
    return this.#served.alone(async () => {
      const seeded = await this.#whileResting((current) => this.#copies.make(current));
      const hub = this.#openHub(seeded);
      const result = await change(hub).finally(() => hub.close());
      if (result === 'refused') {
        await this.#copies.drop(seeded);
        return false;
      }
      await this.#copies.disconnect(seeded);
      await this.#discard(await this.#copies.keep('seed', '', seeded, new Date()));
      await this.#goTo(seeded);
      return true;
    });
  }

  async close(): Promise<void> {
    await this.#served.close();
    await Promise.allSettled(this.#spares.values());
    await this.#copies.close();
  }

  async #base(): Promise<string> {
    const copies = await this.#copies.list();
    const base = copies.find(({ role }) => role === 'seed') ?? copies.find(({ role }) => role === 'demo');
    if (base === undefined) throw new Error('The folder of the double holds no demo data');
    return base.database;
  }

  async #goTo(database: string): Promise<void> {
    const next = await this.#takeSpare(database);
    const left = await this.#copies.keep('current', '', next, new Date());
    const { ended } = this.#served.serve(next);
    this.#current = next;
    this.#prepare(database);
    if (left !== undefined) void ended.then(() => this.#copies.drop(left)).catch(() => {}); // the next start does it
  }

  /** A database can be copied only while nobody is connected to it. */
  async #whileResting<T>(work: (current: string) => Promise<T>): Promise<T> {
    await this.#served.rest();
    try {
      await this.#copies.disconnect(this.#current);
      return await work(this.#current);
    } finally {
      this.#served.serve(this.#current);
    }
  }

  #prepare(database: string): void {
    const spare = this.#spares.get(database) ?? this.#copies.make(database);
    spare.catch(() => {}); // whoever takes it is told
    this.#spares.set(database, spare);
  }

  #takeSpare(database: string): Promise<string> {
    const spare = this.#spares.get(database) ?? this.#copies.make(database);
    this.#spares.delete(database);
    return spare;
  }

  async #discard(database: string | undefined): Promise<void> {
    if (database === undefined) return;
    const spare = this.#spares.get(database);
    this.#spares.delete(database);
    await spare?.then((copy) => this.#copies.drop(copy)).catch(() => {}); // it may never have been made
    await this.#copies.drop(database);
  }
}
