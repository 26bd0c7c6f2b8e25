import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { amend, changeRows, codesOf, key, merged, recordOf } from '../../test/steps.ts';
import { InexactNumber } from '../model/json.ts';
import { byKey } from '../model/ref.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  const options = [{ value: 'red' }, { value: 'Red' }, { value: 'with space' }, { value: 'constructor' }];
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: {
        sample: {
          fields: {
            ...Object.fromEntries([['constructor', { type: 'text', unique: true } as const]]),
            text: { type: 'text' },
            short: { type: 'text', max_length: 3 },
            textarea: { type: 'textarea' },
            integer: { type: 'integer' },
            decimal: { type: 'decimal' },
            money: { type: 'decimal', scale: 2 },
            whole: { type: 'decimal', scale: 0 },
            boolean: { type: 'boolean' },
            date: { type: 'date' },
            datetime: { type: 'datetime' },
            enum: { type: 'enum', options },
            multi_enum: { type: 'multi_enum', options },
            regexp: { type: 'regexp', pattern: '[a-z]+\\d*' },
            hostile: { type: 'regexp', pattern: '(a+)+b' },
            lookup: { type: 'lookup', to: 'contact', inverse: 'samples' },
            unique_text: { type: 'text', unique: true },
            unique_integer: { type: 'integer', unique: true },
          },
        },
      },
    }),
  );
});
afterAll(() => fresh.close());

let round = 0;
const upsert = (id: string, fields: Record<string, unknown>) =>
  fresh.hub.upsert(fresh.admin, { type: 'sample', ref: key(id), mode: 'upsert', fields });

/** Writes a value to a record of its own, and gives what is read back. */
async function stored(field: string, value: unknown): Promise<unknown> {
  round += 1;
  const id = `v-${round}`;
  recordOf(await upsert(id, { [field]: value }));
  const read = recordOf(await fresh.hub.find(fresh.admin, 'sample', key(id))).fields[field];
  expect(await upsert(id, { [field]: value })).toMatchObject({ kind: 'unchanged' });
  expect(await upsert(id, { [field]: read })).toMatchObject({ kind: 'unchanged' });
  return read;
}

async function refused(field: string, value: unknown): Promise<readonly string[]> {
  round += 1;
  const outcome = await upsert(`v-${round}`, { [field]: value });
  expect(codesOf(await fresh.hub.find(fresh.admin, 'sample', key(`v-${round}`)))).toEqual(['record_not_found']);
  return codesOf(outcome);
}

describe('text', () => {
  it.each([
    '',
    ' ',
    ' padded ',
    'a\u0001\u001f\u007f',
    '\ufeffbom',
    '\ufffd',
    '\u{1f600}\u{10ffff}',
    'é',
    'e\u0301',
    '\r\n\t',
    "';--",
    '\\u0000',
    '{"a":1}',
    'null',
    '\u202e',
    '\uffff',
  ])('is kept as it is: %j', async (value) => {
    for (const field of ['text', 'textarea']) expect(await stored(field, value)).toBe(value);
  });

  it.each([
    'a\u0000b',
    '\u0000',
    '\ud800',
    'a\udc00',
    '\udc00\ud800',
    7,
    true,
    {},
    [],
    ['a'],
    new InexactNumber('1e400'),
  ])('is nothing that cannot be stored, and nothing else: %j', async (value) => {
    for (const field of ['text', 'textarea', 'regexp', 'unique_text', 'external_id', 'sync_key', 'name'])
      expect(await refused(field, value)).toContain('value_invalid');
  });

  it('is measured in characters, and not in the units of an encoding', async () => {
    expect(await stored('short', '\u{1f600}\u{1f600}\u{1f600}')).toBe('\u{1f600}\u{1f600}\u{1f600}');
    expect(await refused('short', 'abcd')).toEqual(['value_too_long']);
    expect(await refused('short', '\u{1f600}'.repeat(4))).toEqual(['value_too_long']);
  });

  it('may be long, and is refused when it is longer than its field takes', async () => {
    const long = 'x'.repeat(65_536);
    expect(await stored('text', long)).toBe(long);
    expect(await refused('text', `${long}x`)).toEqual(['value_too_long']);
  });
});

describe('a key', () => {
  it('has at most 512 characters and 2,048 bytes', async () => {
    for (const field of ['unique_text', 'external_id', 'sync_key']) {
      for (const letter of ['k', 'é', '\u{1f600}']) {
        const longest = letter.repeat(512);
        recordOf(
          await fresh.hub.upsert(fresh.admin, {
            type: 'sample',
            ref: byKey(field, longest),
            mode: 'upsert',
            fields: {},
          }),
        );
        expect(recordOf(await fresh.hub.find(fresh.admin, 'sample', byKey(field, longest))).fields[field]).toBe(
          longest,
        );
        expect(
          codesOf(
            await fresh.hub.upsert(fresh.admin, {
              type: 'sample',
              ref: byKey(field, `${longest}${letter}`),
              mode: 'upsert',
              fields: {},
            }),
          ),
        ).toEqual(['value_too_long']);
      }
    }
  });

  it('is compared exactly: case, spaces, composition and all', async () => {
    const keys = [
      'k',
      'K',
      ' k',
      'k ',
      'é',
      'e\u0301',
      'k\u200b',
      '\u212a',
      'ß',
      'ss',
      '\n',
      'link',
      'count',
      'a/b+c%d é',
      'a:b',
      'null',
      '__proto__',
      'constructor',
    ];
    for (const value of keys)
      expect(await upsert(value, { unique_text: value, sync_key: value })).toMatchObject({ kind: 'created' });
    const numbers = new Set<number>();
    for (const value of keys) {
      for (const field of ['external_id', 'unique_text', 'sync_key']) {
        const record = recordOf(await fresh.hub.find(fresh.admin, 'sample', byKey(field, value)));
        expect(record.fields[field]).toBe(value);
        numbers.add(record.number);
      }
    }
    expect(numbers.size).toBe(keys.length);
  });

  it('is not empty, and with what cannot be stored it finds nothing and makes nothing', async () => {
    for (const value of ['', 'a\u0000', '\ud800']) {
      const ref = byKey('external_id', value);
      expect(codesOf(await fresh.hub.find(fresh.admin, 'sample', ref))).toEqual(['record_not_found']);
      expect(codesOf(await fresh.hub.upsert(fresh.admin, { type: 'sample', ref, mode: 'upsert', fields: {} }))).toEqual(
        ['value_invalid'],
      );
      expect(codesOf(await fresh.hub.delete(fresh.admin, { type: 'sample', ref }))).toEqual(['record_not_found']);
      expect(await refused('unique_text', value)).toEqual(['value_invalid']);
    }
  });

  it('that is a whole number is found by its one spelling, and made by no other', async () => {
    const by = (value: string) =>
      fresh.hub.upsert(fresh.admin, {
        type: 'sample',
        ref: byKey('unique_integer', value),
        mode: 'upsert',
        fields: {},
      });
    for (const [value, number] of [
      ['7', 7],
      ['0', 0],
      ['-5', -5],
      ['9007199254740991', 2 ** 53 - 1],
    ] as const) {
      expect(await by(value)).toMatchObject({ kind: 'created', record: { fields: { unique_integer: number } } });
      expect(await by(value)).toMatchObject({ kind: 'unchanged' });
    }
    for (const value of ['007', '-0', '+7', '7.0', '7e0', ' 7', '', 'seven', '9007199254740993', '1e400', 'NaN', '0x7'])
      expect(codesOf(await by(value))).toEqual(['value_invalid']);
  });

  it('given in the fields must be that of the ref', async () => {
    for (const given of ['other', null, ['k-1'], { k: 1 }])
      expect(
        codesOf(
          await fresh.hub.upsert(fresh.admin, {
            type: 'sample',
            ref: byKey('external_id', 'k-1'),
            mode: 'upsert',
            fields: { external_id: given },
          }),
        ),
      ).toContain('key_mismatch');
    const nullish = {
      type: 'sample',
      ref: byKey('external_id', 'null'),
      mode: 'upsert' as const,
      fields: { external_id: null },
    };
    await fresh.hub.delete(fresh.admin, { type: 'sample', ref: key('null') });
    expect(codesOf(await fresh.hub.upsert(fresh.admin, nullish))).toContain('key_mismatch');
  });

  it('may be of a field called constructor', async () => {
    const command = { type: 'sample', ref: byKey('constructor', 'c-1'), mode: 'upsert' as const, fields: {} };
    expect(await fresh.hub.upsert(fresh.admin, command)).toMatchObject({ kind: 'created' });
    expect(await fresh.hub.upsert(fresh.admin, command)).toMatchObject({ kind: 'unchanged' });
  });
});

describe('a number', () => {
  it.each([0, 1, -1, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1)])('integer takes %d', async (value) => {
    expect(await stored('integer', value)).toBe(value);
  });

  it('without sign is zero', async () => {
    for (const field of ['integer', 'decimal', 'money', 'whole']) expect(await stored(field, -0)).toBe(0);
  });

  it.each([
    2 ** 53,
    1e308,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '1',
    '',
    true,
    [1],
    new InexactNumber('9007199254740993'),
  ])('integer does not take %s', async (value) => {
    expect(await refused('integer', value)).toEqual(['value_invalid']);
    expect(await refused('unique_integer', value)).toEqual(['value_invalid']);
  });

  it.each([0.1, 0.000001, 123456789012345, -0.5, 999999999999.999, 1.5e3])('decimal takes %d', async (value) => {
    expect(await stored('decimal', value)).toBe(value);
  });

  it.each([
    1e308,
    5e-324,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    '1.5',
    false,
    [],
    new InexactNumber('0.12345678901234567'),
    1e21,
  ])('decimal does not take %s', async (value) => {
    expect(await refused('decimal', value)).toEqual(['value_invalid']);
  });

  it('has no more decimals than its field', async () => {
    expect(await stored('money', 12.34)).toBe(12.34);
    expect(await stored('whole', 12)).toBe(12);
    expect(await refused('money', 12.345)).toEqual(['value_invalid']);
    expect(await refused('money', 1e-7)).toEqual(['value_invalid']);
    expect(await refused('whole', 0.5)).toEqual(['value_invalid']);
  });
});

describe('a boolean', () => {
  it('is true or false and nothing like it', async () => {
    expect(await stored('boolean', true)).toBe(true);
    expect(await stored('boolean', false)).toBe(false);
    for (const value of [0, 1, 'true', 'false', '', [], {}])
      expect(await refused('boolean', value)).toEqual(['value_invalid']);
  });
});

describe('a date', () => {
  it.each(['2024-02-29', '2000-02-29', '1900-02-28', '0001-01-01', '9999-12-31', '2026-12-31'])(
    'may be %s',
    async (value) => {
      expect(await stored('date', value)).toBe(value);
    },
  );

  it.each([
    '2026-02-30',
    '2025-02-29',
    '1900-02-29',
    '0000-01-01',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-1-1',
    '20260101',
    '2026-01-01T00:00:00Z',
    '2026-01-01\n',
    ' 2026-01-01',
    '-2026-01-01',
    '+002026-01-01',
    '10000-01-01',
    '२०२६-01-01',
    '',
    20260101,
    new Date(),
  ])('may not be %s', async (value) => {
    expect(await refused('date', value)).toEqual(['value_invalid']);
  });
});

describe('a date with time', () => {
  it.each([
    ['2026-03-01T09:15:00Z', '2026-03-01T09:15:00.000Z'],
    ['2026-03-01T09:15:00+01:00', '2026-03-01T08:15:00.000Z'],
    ['2026-03-01T00:15:00.5+14:00', '2026-02-28T10:15:00.500Z'],
    ['2024-02-29T23:59:59.999-00:30', '2024-03-01T00:29:59.999Z'],
    ['1969-12-31T23:59:59.001Z', '1969-12-31T23:59:59.001Z'],
  ])('%s is kept as %s', async (value, expected) => {
    expect(await stored('datetime', value)).toBe(expected);
  });

  it.each([
    '2026-03-01T09:15:00',
    '2026-03-01',
    '2026-02-30T00:00:00Z',
    '2026-03-01T24:00:01Z',
    '2026-03-01T25:00:00Z',
    '2026-03-01T23:60:00Z',
    '2026-03-01T23:59:61Z',
    '0000-03-01T00:00:00Z',
    '2026-03-01T09:15:00+25:00',
    '2026-03-01T09:15:00+01:99',
    '2026-03-01T09:15:00Z\n',
    '',
    'now',
    'infinity',
    1772356500000,
    '10000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
  ])('may not be %s', async (value) => {
    expect(await refused('datetime', value)).toEqual(['value_invalid']);
  });
});

describe('an option', () => {
  it('is one of the list, exactly', async () => {
    expect(await stored('enum', 'Red')).toBe('Red');
    expect(await stored('enum', 'constructor')).toBe('constructor');
    for (const value of ['RED', 'red ', '', 'toString', '__proto__'])
      expect(await refused('enum', value)).toEqual(['value_not_an_option']);
    for (const value of [0, ['red'], { value: 'red' }]) expect(await refused('enum', value)).toEqual(['value_invalid']);
  });

  it('in a list of them stands once, and every wrong one is refused', async () => {
    expect(await stored('multi_enum', ['Red', 'red'])).toHaveLength(2);
    expect(await stored('multi_enum', ['red', 'red'])).toEqual(['red']);
    expect(await refused('multi_enum', ['red', 'blue'])).toEqual(['value_not_an_option']);
    for (const value of ['red', [1], [['red']], [null], { 0: 'red' }])
      expect((await refused('multi_enum', value))[0]).toMatch(/^value_/);
  });

  it('list is a set: its order is no change', async () => {
    round += 1;
    await upsert(`v-${round}`, { multi_enum: ['red', 'Red', 'with space'] });
    expect(await upsert(`v-${round}`, { multi_enum: ['with space', 'Red', 'red'] })).toMatchObject({
      kind: 'unchanged',
    });
  });
});

describe('a pattern', () => {
  it('matches the whole value', async () => {
    expect(await stored('regexp', 'abc123')).toBe('abc123');
    for (const value of ['', 'ABC', 'abc!', 'abc\n', '\nabc', 'x abc'])
      expect(await refused('regexp', value)).toEqual(['pattern_mismatch']);
  });

  it('that would take a backtracking engine for ever is judged at once', async () => {
    const started = performance.now();
    expect(await refused('hostile', 'a'.repeat(50_000))).toEqual(['pattern_mismatch']);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('a lookup', () => {
  it.each([
    'contact',
    5,
    {},
    [],
    true,
    { by: 'other' },
    { by: 'id' },
    { by: 'number', number: 'x' },
    { by: 'number', number: 1.5 },
    { by: 'number', number: 2 ** 60 },
    { by: 'number', number: -1 },
    { by: 'key', field: 'external_id', value: 'nobody' },
    { by: 'key', field: 'phone', value: '1' },
    { by: 'key', field: 'nope', value: '1' },
    { by: 'key', field: 'external_id', value: 'a\u0000' },
    { by: 'key', field: 'external_id', value: 7 },
    { by: 'id', id: '3fa85f64-5717-4562-b3fc-2c963f66afa6' },
  ])('does not take %j', async (value) => {
    expect((await refused('lookup', value))[0]).toMatch(/^(value_invalid|lookup_target_not_found|not_a_match_field)$/);
  });
});

describe('any value', () => {
  const day = fc.date({
    min: new Date('0001-01-02T00:00:00Z'),
    max: new Date('9999-12-30T00:00:00Z'),
    noInvalidDate: true,
  });
  const option = fc.constantFrom('red', 'Red', 'with space', 'constructor');
  const storable = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !text.includes('\u0000'));
  const fields = fc.record(
    {
      text: storable,
      textarea: storable,
      integer: fc.maxSafeInteger(),
      decimal: fc
        .tuple(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), fc.integer({ min: 0, max: 6 }))
        .map(([n, e]) => n / 10 ** e),
      boolean: fc.boolean(),
      date: day.map((at) => at.toISOString().slice(0, 10)),
      datetime: day.map((at) => at.toISOString()),
      enum: option,
      multi_enum: fc.uniqueArray(option, { minLength: 1 }),
      regexp: fc.stringMatching(/^[a-z]+\d*$/),
    },
    { requiredKeys: [] },
  );

  it('that is accepted is read back equal, and writing it again, or writing what was read, changes nothing', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fields, async (values) => {
        run += 1;
        const id = `any-${run}`;
        await upsert(id, values);
        const read = recordOf(await fresh.hub.find(fresh.admin, 'sample', key(id)));
        const sorted = (value: unknown) => (Array.isArray(value) ? [...value].sort() : value);
        for (const [field, value] of Object.entries(values))
          expect(sorted(read.fields[field])).toEqual(sorted(Object.is(value, -0) ? 0 : value));
        expect(await upsert(id, values)).toMatchObject({ kind: 'unchanged' });
        expect(await upsert(id, read.fields)).toMatchObject({ kind: 'unchanged', record: { version: 1 } });
      }),
      { numRuns: 30 },
    );
  });

  it('whatever it is, is accepted or refused: nothing faults, and what is refused leaves nothing', async () => {
    const names = [
      'text',
      'integer',
      'decimal',
      'boolean',
      'date',
      'datetime',
      'enum',
      'multi_enum',
      'regexp',
      'lookup',
      'unique_text',
      'unique_integer',
    ];
    const before = await changeRows(fresh.databaseUrl);
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.anything({ withDate: true, maxDepth: 1 }),
        async (field, value) => {
          round += 1;
          const outcome = await upsert(`v-${round}`, { [field]: value });
          if (outcome.kind === 'created') accepted += 1;
          else expect(outcome.kind).toBe('rejected');
        },
      ),
      { numRuns: 100 },
    );
    expect(await changeRows(fresh.databaseUrl)).toBe(before + accepted);
  });

  it('all violations of one write are named at once', async () => {
    const wrong = {
      text: 1,
      short: 'long',
      integer: 0.5,
      money: 0.001,
      boolean: 'no',
      date: '2026-02-30',
      datetime: 'x',
      enum: 'x',
      multi_enum: ['x'],
      regexp: '!',
      unique_text: '',
      external_id: 'x',
    };
    const outcome = await upsert('all', wrong);
    if (outcome.kind !== 'rejected') throw new Error(outcome.kind);
    const named = outcome.violations.map((one) => ('field' in one ? one.field : one.code)).sort();
    expect(named).toEqual(Object.keys(wrong).sort());
  });
});
