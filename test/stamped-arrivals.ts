// What the properties of writes that come in any order share: how stamped pieces arrive, and the servers that take them.
import fc from 'fast-check';
import pg from 'pg';
import { createHub } from '../src/engine/create-hub.ts';
import type { Hub } from '../src/engine/hub.ts';
import type { Stamp } from '../src/model/stamp.ts';
import { openDatabase } from '../src/store/postgres/database.ts';
import { type Death, dying } from './dying-database.ts';
import { type FreshHub, freshHub, testSecretKey } from './fresh-hub.ts';

export type Way = 'single' | 'other server' | 'import';
export type Step<Piece> = { readonly pieces: readonly Piece[]; readonly way: Way; readonly dies: boolean };
export type Case<Piece> = {
  readonly pieces: readonly Piece[];
  readonly steps: readonly Step<Piece>[];
  readonly kind: Stamp['kind'];
};

/** Each piece at least once, in any order and pieces, through any way; in one of the steps a server may die. */
export const arrivalOf = <Piece>(some: fc.Arbitrary<readonly Piece[]>): fc.Arbitrary<Case<Piece>> =>
  some.chain((pieces) =>
    fc
      .record({
        order: fc.shuffledSubarray([...pieces], { minLength: pieces.length, maxLength: pieces.length }),
        again: fc.shuffledSubarray([...pieces]),
        size: fc.integer({ min: 1, max: 5 }),
        ways: fc.array(fc.constantFrom<Way>('single', 'single', 'other server', 'import'), {
          minLength: 1,
          maxLength: 4,
        }),
        death: fc.option(fc.nat({ max: 4 })),
        mixed: fc.boolean(),
        kind: fc.constantFrom<Stamp['kind']>('as_of', 'source_version'),
      })
      .map(({ order, again, size, ways, death, mixed, kind }) => {
        const all = mixed ? again.concat(order) : order.concat(again);
        const steps: Step<Piece>[] = [];
        for (let at = 0; at < all.length; at += size) {
          const turn = steps.length;
          steps.push({
            pieces: all.slice(at, at + size),
            way: ways[turn % ways.length] ?? 'single',
            dies: turn === death,
          });
        }
        return { pieces, steps, kind };
      }),
  );

/** The `at`th day of a month, or version. */
export const stampOf = (kind: Stamp['kind'], at: number): Stamp => ({
  kind,
  at: kind === 'as_of' ? Date.UTC(2026, 0, at) * 1000 : at,
});

/** Two servers, and one that dies whenever it is asked to write; over one database. */
export type Servers = {
  readonly fresh: FreshHub;
  readonly other: Hub;
  readonly mortal: Hub;
  readonly death: Death;
  readonly pool: pg.Pool;
  close(): Promise<void>;
};

export async function startServers(): Promise<Servers> {
  const death: Death = { isToDie: true, deaths: 0 };
  const fresh = await freshHub();
  const database = openDatabase({ connection: { connectionString: fresh.databaseUrl } });
  const mortal = createHub({ database: dying(database, death), secretKey: testSecretKey });
  const pool = new pg.Pool({ connectionString: fresh.databaseUrl, max: 3 });
  pool.on('error', () => {}); // the end of a pool does not wait for its connections, and the database is dropped with those that are left
  const close = async (): Promise<void> => {
    await pool.end();
    await mortal.close();
    await fresh.close();
  };
  return { fresh, other: fresh.secondHub(), mortal, death, pool, close };
}

/** With 20 at once it took half as long again. */
export const thousand = { cases: 1000, atOnce: 100 };

/**
 * Many cases, `atOnce` of them together: each is told by its own prefix. Batches fill with the writes of
 * all of them.
 * @param take takes a number of cases, whose prefixes it is given.
 */
export async function checkCases<One extends object>(
  arrival: fc.Arbitrary<One>,
  { cases, atOnce }: { readonly cases: number; readonly atOnce: number },
  take: (cases: readonly (One & { readonly prefix: string })[]) => Promise<void>,
): Promise<number> {
  let taken = 0;
  const together = fc.array(arrival, { minLength: atOnce, maxLength: atOnce });
  await fc.assert(
    fc.asyncProperty(together, (some) => take(some.map((one) => ({ ...one, prefix: `s${taken++}of${atOnce}-` })))),
    { numRuns: cases / atOnce, endOnFailure: true },
  );
  return taken;
}
