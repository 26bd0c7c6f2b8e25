// A new record whose key another record has in another spelling is told as such, once, and applied all the same.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { issuesOf } from '../../../../test/issues-of.ts';
import { setOf } from '../../../../test/set-of.ts';
import { amend, key, merged } from '../../../../test/steps.ts';
import type { SetElement } from '../../../model/commands.ts';
import type { KeyRuleStep } from '../../../model/key-rule.ts';

let fresh: FreshHub;
let type: string;
let tests = 0;
beforeAll(async () => {
  fresh = await freshHub();
});
afterAll(() => fresh.close());
/** A record type and an interface of its own for each test. */
beforeEach(async () => {
  type = `pump${++tests}`;
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: {
        [type]: {
          owner: 'external',
          fields: {
            size: { type: 'integer', owner: 'external' },
            tag: { type: 'text', unique: true, owner: 'external' },
          },
        },
      },
      interfaces: {
        [type]: { name: type, type, guard: { deletes: null } },
        [`${type}elsewhere`]: { name: type, type, guard: { deletes: null } },
        [`${type}tags`]: { name: type, type, key: 'tag', guard: { deletes: null } },
        [`${type}tagselsewhere`]: { name: type, type, key: 'tag', guard: { deletes: null } },
      },
    }),
  );
});

const element = (name: string, place: number, size = 1): SetElement => ({
  key: name,
  path: `[${place}]`,
  members: [{ name: 'size', kind: 'field', field: 'size', value: size }],
});
const elements = (...names: string[]): SetElement[] => names.map((name, place) => element(name, place));

async function send(set: readonly SetElement[], endpoint = type) {
  const outcome = await fresh.hub.sync(fresh.admin, endpoint, setOf(set));
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  return { run: outcome.run, issues: await issuesOf(fresh.hub, fresh.admin, outcome.run.id) };
}
const numberOf = async (name: string): Promise<number> => {
  const outcome = await fresh.hub.find(fresh.admin, type, key(name));
  if (outcome.kind !== 'found') throw new Error(outcome.kind);
  return outcome.record.number;
};
/** Records that are there already: those of another interface. */
const store = async (...stored: SetElement[]): Promise<void> => {
  const { run } = await send(stored, `${type}elsewhere`);
  expect(run.counts.created).toBe(stored.length);
};
const tagged = (name: string, tag: string): SetElement => ({
  key: name,
  path: '',
  members: [{ name: 'tag', kind: 'field', field: 'tag', value: tag }],
});

const compareBy = (field: string, ...steps: KeyRuleStep[]) =>
  amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: {
        [type]: {
          ...current.types?.[type],
          fields: {
            ...current.types?.[type]?.fields,
            [field]: { type: 'text', unique: true, key_rule: steps, owner: 'external' },
          },
        },
      },
    }),
  );

const composed = 'Caf\u00e9';
const decomposed = 'Cafe\u0301';

describe('a new key', () => {
  it.each([
    ['case', 'P-1', 'p-1', '[fold]'],
    ['the case of a first letter', 'Pump', 'PUMP', '[fold]'],
    ['white space at its ends', 'P-1', ' P-1\t', '[trim]'],
    ['the composition of an accent', composed, decomposed, '[nfc]'],
    ['case, white space and composition', composed, ` ${decomposed.toUpperCase()}`, '[trim, fold, nfc]'],
    ['white space within it', 'P 1', 'P  1', null],
    ['compatibility form', 'P-1', 'P-\uff11', null],
  ])('that differs only in %s from a stored one is told', async (_, stored, sent, rule) => {
    await store(element(stored, 0));
    const { run, issues } = await send(elements(sent, 'other'));
    expect(run).toMatchObject({ counts: { received: 2, created: 2 }, issues: 1, state: 'partial' });
    const [number, other] = [await numberOf(sent), await numberOf(stored)];
    expect(issues).toEqual([
      expect.objectContaining({
        severity: 'warning',
        code: 'near_miss',
        key: sent,
        path: '[0]',
        place: 0,
        member: null,
        record: expect.objectContaining({ number }),
        other: expect.objectContaining({ number: other }),
      }),
    ]);
    const [issue] = issues;
    expect(issue?.message).toContain(`${JSON.stringify(stored)}, the key of ${type} ${other}.`);
    expect(issue?.remedy).toContain('merge the two records');
    if (rule === null) expect(issue?.remedy).not.toContain('key_rule');
    else expect(issue?.remedy).toContain(`\`key_rule: ${rule}\` of external_id`);
  });

  it('is told once: its element is known the next time', async () => {
    await store(element('P-1', 0));
    await send(elements('p-1'));
    const { run } = await send(elements('p-1'));
    expect(run).toMatchObject({ state: 'applied', issues: 0, counts: { unchanged: 1 } });
  });

  it('is compared with others of its own set, of which the first has no issue', async () => {
    const { issues } = await send(elements('MixED-1', 'A', 'mIXed-1', 'MIxeD-1'));
    expect(issues.map(({ key, place, code }) => [key, place, code])).toEqual([
      ['mIXed-1', 2, 'near_miss'],
      ['MIxeD-1', 3, 'near_miss'],
    ]);
    const first = await numberOf('MixED-1');
    for (const issue of issues) {
      expect(issue.other?.number).toBe(first);
      expect(issue.message).toContain('which is new in this set as well');
    }
  });

  it('is compared with every spelling of what the set leaves out, which was renamed perhaps', async () => {
    await send(elements('MixED-1', 'B'));
    const old = await numberOf('MixED-1');
    const { run, issues } = await send(elements('mIXed-1', 'B'));
    expect(run.counts).toMatchObject({ created: 1, unchanged: 1, deleted: 1 });
    expect(issues).toMatchObject([{ code: 'near_miss', key: 'mIXed-1', other: { number: old } }]);
    expect(issues[0]?.message).toContain('which this set leaves out');
    expect(issues[0]?.remedy).toContain(`revert this run, give ${type} ${old} the new key`);
  });

  it('is compared with what the guard holds, too', async () => {
    await amend(fresh.hub, fresh.admin, (current) =>
      merged(current, { interfaces: { [type]: { name: type, type, guard: { deletes: 0 } } } }),
    );
    await send(elements('P-1'));
    const { issues } = await send(elements('p-1'));
    expect(issues.map(({ code }) => code)).toEqual(['near_miss', 'deletes_held']);
  });

  it('is compared by the field that is the key of the interface', async () => {
    await store(tagged('X', 'T-1'), tagged('T-2', 'other'));
    const { issues } = await send(elements('t-1', 't-2'), `${type}tags`);
    expect(issues).toMatchObject([{ key: 't-1', other: { number: await numberOf('X') } }]);
  });

  it('is compared by that field with what the set leaves out, too', async () => {
    await send(elements('MixED-1', 'B'), `${type}tags`);
    const { run, issues } = await send(elements('mIXed-1', 'B'), `${type}tags`);
    expect(run.counts).toMatchObject({ created: 1, unchanged: 1, deleted: 1 });
    expect(issues).toMatchObject([{ code: 'near_miss', key: 'mIXed-1' }]);
    expect(issues[0]?.message).toContain('which this set leaves out');
  });

  it.each(['external_id', 'tag'])(
    'is told beside the other %s as that was sent, in another form than it is stored',
    async (field) => {
      await compareBy(field, 'trim');
      const endpoint = field === 'tag' ? `${type}tags` : type;
      await send(elements(' MixED-1 ', ' P-1 '), endpoint);
      const stored = await send(elements('p-1'), `${endpoint}elsewhere`);
      expect(stored.issues[0]?.message).toContain(`from " P-1 ", the key of ${type}`);
      const leftOut = await send(elements('mIXed-1'), endpoint);
      expect(leftOut.issues[0]?.message).toContain(`from " MixED-1 ", the key of ${type}`);
    },
  );
});

describe('nothing is told', () => {
  it('of a record that was deleted', async () => {
    await send(elements('P-1'));
    await send([]);
    expect((await send(elements('p-1'))).issues).toEqual([]);
  });

  it('of a record that was deleted and had the key in another field', async () => {
    await send(elements('T-1'), `${type}tags`);
    await send([], `${type}tags`);
    expect((await send(elements('t-1'), `${type}tags`)).issues).toEqual([]);
  });

  it('of a record that the set leaves out, and another interface has deleted', async () => {
    await send(elements('P-1', 'B'));
    await send(elements('P-1'), `${type}elsewhere`);
    const { run } = await send([], `${type}elsewhere`);
    expect(run.counts.deleted).toBe(1);
    expect((await send(elements('p-1', 'B'))).issues).toEqual([]);
  });

  it('of a record of another type', async () => {
    await fresh.hub.upsert(fresh.admin, {
      type: 'contact',
      ref: null,
      mode: 'create',
      fields: { external_id: `near-${type}`, name: 'N' },
    });
    expect((await send(elements(`NEAR-${type}`))).issues).toEqual([]);
  });

  it('of an element that only changes its record', async () => {
    await store(...elements('P-1', 'p-1'));
    expect((await send([element('p-1', 0, 5)])).issues).toEqual([]);
  });

  it('of spellings that the key rule makes one', async () => {
    await compareBy('external_id', 'trim', 'fold');
    await store(element('P-1', 0));
    const { run, issues } = await send(elements('p-1 '));
    expect([run.counts.created, issues]).toEqual([0, []]);
  });
});
