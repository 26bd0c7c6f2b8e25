// The rows of a chunk are read while the elements of the one before are judged: a set must come to the same however its elements fall into chunks.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { issuesOf } from '../../../../test/issues-of.ts';
import { setOf } from '../../../../test/set-of.ts';
import { amend, itemsOf, key, merged, recordOf } from '../../../../test/steps.ts';
import type { FieldInput, SetElement, SetMember } from '../../../model/commands.ts';
import type { LinkView } from '../../../model/record.ts';
import { byNumber } from '../../../model/ref.ts';

const chunk = 1_000;
const keys = ['K0', 'K1', 'K2', 'K3', 'K4', 'K5'];
const codes = ['c0', 'c1', 'c2'];

let fresh: FreshHub;
let revision = 0;

const pump = {
  owner: 'external',
  fields: {
    size: { type: 'integer', owner: 'external' },
    code: { type: 'text', unique: true, owner: 'external' },
  },
} as const;
beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: { split: pump, whole: pump },
      links: {
        'split.feeds': { to: 'split', inverse: 'fed_by', cardinality: 'one-to-one', owner: 'external' },
        'whole.feeds': { to: 'whole', inverse: 'fed_by', cardinality: 'one-to-one', owner: 'external' },
      },
      interfaces: {
        split: { name: 'Split', type: 'split' },
        whole: { name: 'Whole', type: 'whole' },
      },
    }),
  );
});
afterAll(() => fresh.close());

type Sent = { readonly id: string; readonly code?: string | null; readonly feeds?: string | null };

const member = (field: string, value: FieldInput): SetMember => ({ name: field, kind: 'field', field, value });

function elementOf({ id, code, feeds }: Sent, place: number): SetElement {
  const members = [member('size', revision)];
  if (code !== undefined) members.push(member('code', code));
  if (feeds !== undefined) {
    const targets = feeds === null ? [] : [key(feeds)];
    members.push({ name: 'feeds', kind: 'relation', link: 'feeds', targets });
  }
  return { key: id, path: `[${place}]`, members };
}

async function send(type: 'split' | 'whole', sent: readonly Sent[]) {
  const elements = sent.map((one, place) => elementOf(one, place));
  const outcome = await fresh.hub.sync(fresh.admin, type, setOf(elements));
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.run;
}

/** What a set came to: its issues, and each record with its code and what it feeds. */
async function stateOf(type: 'split' | 'whole', run: Awaited<ReturnType<typeof send>>) {
  const issues = (await issuesOf(fresh.hub, fresh.admin, run.id)).map(({ key: of, code, member: name }) => [
    of,
    code,
    name,
  ]);
  const names = new Map<number, string>();
  for (const id of keys) {
    const found = await fresh.hub.find(fresh.admin, type, key(id));
    if (found.kind === 'found') names.set(found.record.number, id);
  }
  const records: Record<string, unknown> = {};
  for (const [number, id] of names) {
    const { fields } = recordOf(await fresh.hub.find(fresh.admin, type, byNumber(number)));
    const links = itemsOf<LinkView>(
      await fresh.hub.links(fresh.admin, { type, ref: key(id), link: 'feeds', limit: 10 }),
    );
    records[id] = { code: fields.code ?? null, feeds: links.map(({ right }) => names.get(right.number)) };
  }
  return { issues, records };
}

const element: fc.Arbitrary<Sent> = fc.record(
  {
    id: fc.constantFrom(...keys),
    code: fc.option(fc.constantFrom(...codes)),
    feeds: fc.option(fc.constantFrom(...keys)),
  },
  { requiredKeys: ['id'] },
);
const part = fc.array(element, { maxLength: 6 });

describe('a complete set of several chunks', () => {
  it('comes to what it would come to as one', async () => {
    await fc.assert(
      fc.asyncProperty(part, part, async (first, second) => {
        revision += 1;
        const between = Array.from({ length: chunk - first.length }, (_, index) => ({
          id: `F${index + first.length}`,
        }));
        const split = await send('split', [...first, ...between, ...second]);
        const whole = await send('whole', [...first, ...second]);
        expect(await stateOf('split', split)).toEqual(await stateOf('whole', whole));
      }),
      { numRuns: 40 },
    );
  });

  it('numbers new records one after the other, in the order of the elements', async () => {
    await amend(fresh.hub, fresh.admin, (current) =>
      merged(current, {
        types: { tank: pump },
        interfaces: { tanks: { name: 'Tanks', type: 'tank' } },
      }),
    );
    const ids = Array.from({ length: 2.5 * chunk }, (_, index) => `T${String(index).padStart(4, '0')}`);
    const elements = ids.map((id, place) => elementOf({ id }, place));
    expect(await fresh.hub.sync(fresh.admin, 'tanks', setOf(elements))).toMatchObject({
      run: { counts: { created: ids.length } },
    });
    const { number: first } = recordOf(await fresh.hub.find(fresh.admin, 'tank', key('T0000')));
    for (const index of [1, chunk - 1, chunk, 2 * chunk, ids.length - 1]) {
      const { number } = recordOf(await fresh.hub.find(fresh.admin, 'tank', key(ids[index] as string)));
      expect(number).toBe(first + index);
    }
  });
});
