// Elements of one set that are for the same record, by the three rules: against a simple model, with hashes and without.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { issuesOf } from '../../../../test/issues-of.ts';
import { setOf } from '../../../../test/set-of.ts';
import { amend, itemsOf, key, merged, query, recordOf } from '../../../../test/steps.ts';
import type { SetElement } from '../../../model/commands.ts';

const rules = ['first', 'last', 'refuse'] as const;
type Rule = (typeof rules)[number];

let passing: FreshHub;
let judging: FreshHub;
beforeAll(async () => {
  [passing, judging] = await Promise.all([freshHub(), freshHub()]);
  for (const { hub, admin } of [passing, judging])
    await amend(hub, admin, (current) =>
      merged(current, {
        types: Object.fromEntries(
          rules.map((rule) => [
            rule,
            {
              owner: 'external',
              fields: { size: { type: 'integer', owner: 'external' } },
            },
          ]),
        ),
        interfaces: Object.fromEntries(
          rules.map((rule) => [rule, { name: rule, type: rule, duplicates: rule, guard: { deletes: null } }]),
        ),
      }),
    );
});
afterAll(() => Promise.all([passing.close(), judging.close()]));

type Sent = { readonly key: string; readonly size: number };

const elementsOf = (sent: readonly Sent[]): SetElement[] =>
  sent.map(({ key, size }, place) => ({
    key,
    path: `[${place}]`,
    members: [{ name: 'size', kind: 'field', field: 'size', value: size }],
  }));

async function send({ hub, admin }: FreshHub, rule: Rule, elements: readonly SetElement[]) {
  const outcome = await hub.sync(admin, rule, setOf(elements));
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  const issues = await issuesOf(hub, admin, outcome.run.id);
  return { counts: outcome.run.counts, issues: issues.map(({ path, code }) => [path, code]) };
}

async function stored({ hub, admin }: FreshHub, rule: Rule) {
  const page = itemsOf(await hub.list(admin, { type: rule, filters: [], sort: [], limit: 1000 }));
  return Object.fromEntries(page.map(({ fields }) => [fields.external_id, fields.size]));
}

/** What there is, by key; null was deleted. */
class Model {
  readonly #records = new Map<string, number | null>();
  readonly #rule: Rule;
  constructor(rule: Rule) {
    this.#rule = rule;
  }

  send(sent: readonly Sent[]) {
    const counts = { received: sent.length, created: 0, updated: 0, unchanged: 0, revived: 0, deleted: 0 };
    const out: number[] = [];
    const places = Map.groupBy(sent.keys(), (place) => sent[place]?.key ?? '');
    for (const [key, all] of places) {
      const winner = all.length === 1 || this.#rule === 'first' ? all[0] : this.#rule === 'last' ? all.at(-1) : -1;
      out.push(...all.filter((place) => place !== winner));
      const element = sent[winner ?? -1];
      if (element === undefined) continue;
      const before = this.#records.get(key);
      if (before === undefined) counts.created += 1;
      else if (before === null) counts.revived += 1;
      else counts[before === element.size ? 'unchanged' : 'updated'] += 1;
      this.#records.set(key, element.size);
    }
    for (const [key, size] of this.#records) {
      if (size === null || places.has(key)) continue;
      this.#records.set(key, null);
      counts.deleted += 1;
    }
    const [rejected, superseded] = this.#rule === 'refuse' ? [out.length, 0] : [0, out.length];
    return {
      counts: { ...counts, rejected, superseded, held: 0 },
      issues: out.sort((a, b) => a - b).map((place) => [`[${place}]`, 'duplicate_key']),
    };
  }

  get live() {
    return Object.fromEntries([...this.#records].filter(([, size]) => size !== null));
  }
}

const sets = fc.array(
  fc.array(fc.record({ key: fc.constantFrom('A', 'B', 'C', 'D'), size: fc.integer({ min: 1, max: 2 }) }), {
    maxLength: 7,
  }),
  { minLength: 2, maxLength: 5 },
);

describe('elements for the same record', () => {
  let cases = 0;

  it.each(rules)('count by the rule %s, whether they are known by their hashes or not', async (rule) => {
    await fc.assert(
      fc.asyncProperty(sets, async (drawn) => {
        cases += 1;
        const model = new Model(rule);
        for (const fresh of [passing, judging]) await send(fresh, rule, []);
        for (const set of drawn) {
          const sent = set.map((one) => ({ ...one, key: `${cases} ${one.key}` }));
          const expected = model.send(sent);
          expect(await send(passing, rule, elementsOf(sent))).toEqual(expected);
          await query(judging.databaseUrl, 'update interface_record set hash = null');
          expect(await send(judging, rule, elementsOf(sent))).toEqual(expected);
          expect(await stored(passing, rule)).toEqual(model.live);
          expect(await stored(judging, rule)).toEqual(model.live);
        }
      }),
      { numRuns: Number(process.env.DUPLICATE_RUNS ?? 25) },
    );
  });

  it.each([
    ['first', { unchanged: 1, superseded: 1 }, '[1]'],
    ['last', { updated: 1, superseded: 1 }, '[0]'],
    ['refuse', { rejected: 2 }, '[0]'],
  ] as const)('are told by the record, also by its former key: %s', async (rule, counts, path) => {
    await send(passing, rule, elementsOf([{ key: 'now', size: 1 }]));
    await query(
      passing.databaseUrl,
      `with given as (
         insert into record_alias select workspace_id, type, 1, 'formerly', number from record
         where external_id = 'now' and deleted_at is null order by number desc limit 1 returning workspace_id)
       update workspace_schema s set version = s.version + 1, ids = jsonb_set(ids::jsonb, '{types,${rule},aliased}', 'true')::json
       from given where s.workspace_id = given.workspace_id`,
    );
    const twice = elementsOf([
      { key: 'now', size: 1 },
      { key: 'formerly', size: 2 },
    ]);
    const { counts: found, issues } = await send(passing, rule, twice);
    expect(found).toMatchObject({ received: 2, deleted: 0, ...counts });
    expect(issues[0]).toEqual([path, 'duplicate_key']);
  });

  it('come in any number: those that are looked through before are not all kept', async () => {
    const many = Array.from({ length: 7_000 }, (_, index) => ({ key: `M${index}`, size: 1 }));
    const twice = [...many, { key: 'M1', size: 2 }, { key: 'M6999', size: 2 }, { key: 'M6999', size: 3 }];
    const first = await send(passing, 'last', elementsOf(twice));
    expect(first.counts).toMatchObject({ received: 7_003, created: 7_000, superseded: 3 });
    expect(recordOf(await passing.hub.find(passing.admin, 'last', key('M1'))).fields.size).toBe(2);
    const refused = await send(passing, 'refuse', elementsOf(twice));
    expect(refused.counts).toMatchObject({ received: 7_003, created: 6_998, rejected: 5 });
  });
});
