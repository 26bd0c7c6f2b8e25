// Complete sets against two workspaces' worth of the same history: one passes over what it knows by its hash, in the other every hash is
// forgotten before each set, so that every element is judged. Both must come to the same.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { issuesOf } from '../../../../test/issues-of.ts';
import { setOf } from '../../../../test/set-of.ts';
import { amend, itemsOf, key, merged, query } from '../../../../test/steps.ts';
import type { SetElement, SetMember } from '../../../model/commands.ts';

const schema = {
  types: {
    pump: {
      owner: 'external',
      fields: {
        code: { type: 'text', unique: true, owner: 'external' },
        size: { type: 'integer', owner: 'external' },
        note: { type: 'text' },
        site: { type: 'lookup', to: 'contact', inverse: 'pumps_here', owner: 'external' },
        parent: { type: 'lookup', to: 'pump', inverse: 'children', owner: 'external' },
      },
    },
  },
  links: {
    'pump.contacts': { to: 'contact', inverse: 'pumps', owner: 'external' },
    'pump.files': { to: 'file', inverse: 'pump', owner: 'external', cardinality: 'one-to-many' },
  },
  interfaces: {
    pumps: { name: 'Pumps', type: 'pump' },
    more_pumps: { name: 'More pumps', type: 'pump' },
  },
} as const;

let passing: FreshHub;
let judging: FreshHub;
beforeAll(async () => {
  [passing, judging] = await Promise.all([freshHub(), freshHub()]);
  for (const { hub, admin } of [passing, judging]) await amend(hub, admin, (current) => merged(current, schema));
});
afterAll(() => Promise.all([passing.close(), judging.close()]));

const pumps = ['P1', 'P2', 'P3', 'P4'];
const [contacts, files] = [
  ['c1', 'c2'],
  ['f1', 'f2'],
];
const some = <Value>(...values: Value[]) => fc.constantFrom(...values);
const field = (name: string, value: unknown): SetMember => ({ name, kind: 'field', field: name, value });
const relation = (link: string, keys: readonly string[]): SetMember => ({
  name: link,
  kind: 'relation',
  link,
  targets: keys.map(key),
});

const member: fc.Arbitrary<SetMember> = fc.oneof(
  some<unknown>(1, 2, null, 'big').map((value) => field('size', value)),
  some('A', 'B', null).map((value) => field('code', value)),
  some('ours', null).map((value) => field('note', value)),
  some(...contacts, 'nobody').map((id) => field('site', key(id))),
  fc.subarray(contacts).map((ids) => relation('contacts', ids)),
  fc.subarray(files).map((ids) => relation('files', ids)),
  some(...pumps).map((id) => field('parent', key(id))),
  fc.subarray(pumps, { maxLength: 2 }).map((ids) => relation('children', ids)),
);
const element = fc.record({
  key: some(...pumps),
  members: fc.uniqueArray(member, { selector: ({ name }) => name, maxLength: 3 }),
});
/** Sets are drawn from few elements, so that most come again. */
const elements = fc.array(element, { minLength: 3, maxLength: 6 });

type Step =
  | { readonly kind: 'set'; readonly endpoint: string; readonly picks: readonly number[] }
  | { readonly kind: 'write'; readonly type: string; readonly id: string; readonly fields: Record<string, unknown> }
  | { readonly kind: 'delete'; readonly type: string; readonly id: string }
  | { readonly kind: 'link' | 'unlink'; readonly pump: string; readonly contact: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      endpoint: some('pumps', 'pumps', 'more_pumps'),
      picks: fc.array(fc.nat(5), { maxLength: 6 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      type: fc.constant('pump'),
      id: some(...pumps),
      fields: some({ note: 'mine' }, { note: null }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      type: fc.constant('contact'),
      id: some(...contacts),
      fields: some({ external_id: 'c1' }, { external_id: 'c3' }, { name: 'x' }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('delete' as const),
      type: some('contact', 'file', 'pump'),
      id: some(...contacts, ...files, ...pumps),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: some('link' as const, 'unlink' as const),
      pump: some(...pumps),
      contact: some(...contacts),
    }),
  },
);

async function take(
  { hub, admin, databaseUrl }: FreshHub,
  step: Step,
  drawn: readonly Omit<SetElement, 'path'>[],
  forget: boolean,
) {
  switch (step.kind) {
    case 'set': {
      if (forget) await query(databaseUrl, 'update interface_record set hash = null');
      const elements = step.picks.map((pick, place) => ({
        ...(drawn[pick % drawn.length] as SetElement),
        path: `[${place}]`,
      }));
      const outcome = await hub.sync(admin, step.endpoint, setOf(elements));
      if (outcome.kind !== 'done') throw new Error(outcome.kind);
      const issues = await issuesOf(hub, admin, outcome.run.id);
      const { state, counts } = outcome.run;
      return { state, counts, issues: issues.map((one) => [one.path, one.code, one.key, one.member, one.message]) };
    }
    case 'write':
      return (await hub.upsert(admin, { type: step.type, ref: key(step.id), mode: 'upsert', fields: step.fields }))
        .kind;
    case 'delete':
      return (await hub.delete(admin, { type: step.type, ref: key(step.id) })).kind;
    default: {
      const ends = { from: { type: 'pump', ref: key(step.pump) }, link: 'contacts', to: { ref: key(step.contact) } };
      return step.kind === 'link'
        ? (await hub.link(admin, ends)).kind
        : (await hub.unlink(admin, { ...ends, which: 'all' })).kind;
    }
  }
}

/** What can be seen, without the numbers, which differ. */
async function state({ hub, admin }: FreshHub) {
  const names = new Map<number, unknown>();
  const records: unknown[] = [];
  for (const type of ['contact', 'file', 'pump'])
    for (const one of itemsOf(await hub.list(admin, { type, filters: [], sort: [], limit: 1000 })))
      names.set(one.number, one.fields.external_id);
  const named = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'number' in value ? names.get(value.number as number) : value;
  for (const one of itemsOf(await hub.list(admin, { type: 'pump', filters: [], sort: [], limit: 1000 }))) {
    const links = itemsOf(
      await hub.links(admin, { type: 'pump', ref: { by: 'number', number: one.number }, limit: 100 }),
    );
    records.push([
      Object.entries(one.fields).map(([name, value]) => [name, named(value)]),
      one.version,
      links.map(({ link, left, right }) => [link, named(left), named(right)].join(' ')).sort(),
    ]);
  }
  return records.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Nothing that an earlier case left may show in a later one. */
async function begin({ hub, admin, databaseUrl }: FreshHub) {
  await query(databaseUrl, 'delete from record where number > 100000');
  await query(databaseUrl, 'delete from record_key where number > 100000');
  await query(databaseUrl, 'delete from link where number > 1000');
  await query(databaseUrl, 'delete from interface_record');
  for (const id of contacts) await hub.upsert(admin, { type: 'contact', ref: key(id), mode: 'upsert', fields: {} });
  for (const id of files) await hub.upsert(admin, { type: 'file', ref: key(id), mode: 'upsert', fields: {} });
}

describe('a set whose known elements are passed over', () => {
  it('comes to the same state, counts and issues as if every element were judged', async () => {
    await fc.assert(
      fc.asyncProperty(elements, fc.array(step, { minLength: 3, maxLength: 12 }), async (drawn, steps) => {
        await Promise.all([begin(passing), begin(judging)]);
        for (const one of steps) {
          const [a, b] = await Promise.all([take(passing, one, drawn, false), take(judging, one, drawn, true)]);
          expect(a, JSON.stringify(one)).toEqual(b);
          expect(await state(passing), JSON.stringify(one)).toEqual(await state(judging));
        }
      }),
      { numRuns: 60 },
    );
  });
});
