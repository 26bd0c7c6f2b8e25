import { array, assert, asyncProperty, constantFrom, nat, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PackedElements } from '../../../model/packed.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { hashBytes, PackedHashes } from '../../../store/sync/interface-records.ts';
import { ElementHasher } from '../known/element-hash.ts';
import { KnownSoFar } from '../known/known-so-far.ts';
import type { DuplicateRule } from './duplicates.ts';
import { type Repeated, receive } from './receive.ts';
import { UnknownElements } from './unknown-elements.ts';

const hasher = new ElementHasher('secret', { format: 'json', schemaVersion: 1, workspace: 1, interface: 1 });
const textOf = (element: number): string => `element ${element}`;
const numberOf = (element: number): number => 100 + element;

function hashOf(element: number): Buffer {
  hasher.hash(PackedElements.of([textOf(element)]), 0);
  return hasher.toBytes();
}

/** So few elements are kept in memory. */
const noDatabase = {} as Transaction;

/** Consecutive pieces of a list, of these sizes by turns. */
function piecesOf<Item>(items: readonly Item[], sizes: readonly number[]): Item[][] {
  const pieces: Item[][] = [];
  for (let at = 0, turn = 0; at < items.length; turn++) {
    const size = (sizes[turn % sizes.length] ?? 0) + 1;
    pieces.push(items.slice(at, at + size));
    at += size;
  }
  return pieces;
}

async function* arriving<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

/** @param sent elements 0 to as many were sent before, of which those that are `forgotten` must be judged again. */
async function received({
  sent,
  forgotten,
  body,
  cuts,
  rule,
}: Case): Promise<Record<string, readonly (number | undefined)[]>> {
  const entries = Array.from({ length: sent }, (_, element) => {
    const number = Buffer.alloc(8);
    number.writeBigInt64BE(BigInt(numberOf(element)));
    return Buffer.concat([number, forgotten.includes(element) ? Buffer.alloc(hashBytes) : hashOf(element)]);
  });
  const known = piecesOf(entries, cuts).map((piece) => new PackedHashes(Buffer.concat(piece)));
  const source = {
    format: 'json',
    elements: arriving(piecesOf(body, cuts.toReversed()).map((piece) => PackedElements.of(piece.map(textOf)))),
    read: (raw: Buffer | string, place: number) => ({ key: raw.toString(), path: `[${place}]`, members: [] }),
    pathOf: (place: number) => `[${place}]`,
  } as unknown as Parameters<typeof receive>[0];
  const unknown = new UnknownElements(noDatabase, 1, 1);
  const repeated: Repeated[] = [];
  const soFar = new KnownSoFar(arriving(known));
  const result = await receive(source, { received: 0 }, soFar, hasher, unknown, rule, (one) => repeated.push(one));
  const judged: number[] = [];
  for await (const chunk of unknown.chunks(source)) judged.push(...chunk.map(({ place }) => place));
  return {
    known: [...result.known.numbers.without()],
    passedOver: [...result.passedOver.without()],
    refused: [...result.rejected.without()],
    judged,
    repeated: repeated.flatMap(({ elements }) => elements.map(({ place }) => place)),
    counts: [result.counts.received, result.counts.unchanged, result.counts.superseded, result.counts.rejected],
  };
}

type Case = {
  readonly sent: number;
  readonly forgotten: readonly number[];
  readonly body: readonly number[];
  readonly cuts: readonly number[];
  readonly rule: DuplicateRule;
};

/** The same by going through the body once, with all that is known at hand. */
function expected({ sent, forgotten, body, rule }: Case): Awaited<ReturnType<typeof received>> {
  const isKnown = (element: number): boolean => element < sent && !forgotten.includes(element);
  const places = new Map<number, number[]>();
  const judged: number[] = [];
  const repeated: number[] = [];
  body.forEach((element, place) => {
    if (!isKnown(element)) {
      judged.push(place);
      return;
    }
    const before = places.get(element) ?? [];
    if (before.length > 0 && rule === 'first') repeated.push(place);
    if (before.length > 0 && rule === 'last') repeated.push(before.at(-1) as number);
    if (before.length > 0 && rule === 'refuse') repeated.push(...(before.length === 1 ? before : []), place);
    places.set(element, [...before, place]);
  });
  const ascending = (elements: readonly number[]): number[] => elements.map(numberOf).sort((a, b) => a - b);
  const refused = [...places].filter(([, all]) => rule === 'refuse' && all.length > 1);
  const lost = repeated.length;
  const found = [...places.values()].flat().length;
  return {
    known: Array.from({ length: sent }, (_, element) => numberOf(element)),
    passedOver: ascending([...places.keys()]),
    refused: ascending(refused.map(([element]) => element)),
    judged,
    repeated,
    counts: [body.length, found - lost, rule === 'refuse' ? 0 : lost, rule === 'refuse' ? lost : 0],
  };
}

const cuts = array(nat(9), { minLength: 1, maxLength: 4 });
const rule = constantFrom<DuplicateRule[]>('first', 'last', 'refuse');
const forgotten = array(nat(60), { maxLength: 5 });

describe('a set that arrives while what was sent before is read', () => {
  it('has the same elements passed over, judged and repeated in whatever order and pieces both come', async () => {
    const cases = record({ sent: nat(60), forgotten, body: array(nat(70), { maxLength: 120 }), cuts, rule });
    await assert(
      asyncProperty(cases, async (one) => {
        expect(await received(one)).toEqual(expected(one));
      }),
      { numRuns: 500 },
    );
  });

  it('and in the usual order, but for some that are gone, new, or moved', async () => {
    const cases = record({ sent: nat(60), forgotten, gone: array(nat(60)), moved: array(nat(70)), cuts, rule });
    await assert(
      asyncProperty(cases, async ({ gone, moved, ...rest }) => {
        const inOrder = Array.from({ length: rest.sent }, (_, element) => element);
        const body = inOrder.filter((element) => !gone.includes(element));
        for (const element of moved) body.splice((element * 7) % (body.length + 1), 0, element);
        const one = { ...rest, body };
        expect(await received(one)).toEqual(expected(one));
      }),
      { numRuns: 500 },
    );
  });

  it('has all that is known read in the end, also where it has no element', async () => {
    const none = { sent: 40, forgotten: [], body: [], cuts: [3], rule: 'first' as const };
    expect(await received(none)).toEqual(expected(none));
  });
});
