import { describe, expect, it } from 'vitest';
import { type Answer, clientOf, demoServer, must, newObject, problemsOf } from '../test-client.ts';

const server = demoServer();
const admin = clientOf(() => server.origin);
const field = (custom_object_field: unknown) => ({ custom_object_field });
const options = [
  { name: 'Red', value: 'red' },
  { name: 'Green', value: 'green' },
];
const create = (path: string, members: Record<string, unknown>): Promise<Answer> =>
  admin.post(`${path}/fields`, field({ key: 'some', title: 'Some', ...members }));
/** Writes one value, and reads it back. */
const store = async (path: string, value: unknown): Promise<Answer> =>
  admin.patch(`${path}/records?external_id=A`, {
    custom_object_record: { name: 'Van', custom_object_fields: { some: value } },
  });
const storedOf = ({ body }: Answer): unknown => body.custom_object_record.custom_object_fields.some;

describe('a field of each type', () => {
  const types: {
    type: string;
    members?: Record<string, unknown>;
    shown?: Record<string, unknown>;
    takes: readonly (readonly [sent: unknown, stored: unknown])[];
    refuses: readonly (readonly [sent: unknown, code: string])[];
  }[] = [
    {
      type: 'text',
      takes: [
        ['red', 'red'],
        ['', ''],
      ],
      refuses: [
        [5, 'InvalidValue'],
        [true, 'InvalidValue'],
        [['x'], 'InvalidValue'],
        [{}, 'InvalidValue'],
      ],
    },
    { type: 'textarea', takes: [['a\nb', 'a\nb']], refuses: [[5, 'InvalidValue']] },
    {
      type: 'checkbox',
      members: { tag: 'sold' },
      shown: { tag: 'sold' },
      takes: [
        [true, true],
        [false, false],
        ['true', true],
        ['false', false],
      ],
      refuses: [
        ['yes', 'InvalidValue'],
        [1, 'InvalidValue'],
      ],
    },
    {
      type: 'date',
      takes: [
        ['2026-03-01', '2026-03-01T00:00:00+00:00'],
        ['2026-03-02T00:00:00+00:00', '2026-03-02T00:00:00+00:00'],
        ['2026-03-03T23:30:00-05:00', '2026-03-03T00:00:00+00:00'],
      ],
      refuses: [
        ['2026-02-30', 'InvalidValue'],
        ['2026-02-30T00:00:00Z', 'InvalidValue'],
        ['2026-03-01T99:00:00Z', 'InvalidValue'],
        ['March', 'InvalidValue'],
        [20260301, 'InvalidValue'],
        ['', 'InvalidValue'],
      ],
    },
    {
      type: 'integer',
      takes: [
        [7, 7],
        ['7', 7],
        ['-7', -7],
        [0, 0],
        ['007', 7],
      ],
      refuses: [
        [7.5, 'InvalidValue'],
        ['7.5', 'InvalidValue'],
        ['seven', 'InvalidValue'],
        ['', 'InvalidValue'],
        ['12345678901234567890', 'InvalidValue'],
        [true, 'InvalidValue'],
      ],
    },
    {
      type: 'decimal',
      takes: [
        [7.25, 7.25],
        ['7.25', 7.25],
        ['-0.5', -0.5],
        [7, 7],
      ],
      refuses: [
        ['7,25', 'InvalidValue'],
        ['0.1234567890123456789', 'InvalidValue'],
        ['x', 'InvalidValue'],
      ],
    },
    {
      type: 'regexp',
      members: { regexp_for_validation: '[A-Z]{3}-\\d+' },
      shown: { regexp_for_validation: '[A-Z]{3}-\\d+' },
      takes: [['ABC-12', 'ABC-12']],
      refuses: [
        ['abc-12', 'InvalidFormat'],
        ['xABC-12x', 'InvalidFormat'],
        [5, 'InvalidValue'],
      ],
    },
    {
      type: 'dropdown',
      members: { custom_field_options: options },
      shown: { custom_field_options: options.map((one) => ({ ...one, raw_name: one.name, id: expect.any(Number) })) },
      takes: [['red', 'red']],
      refuses: [
        ['Red', 'InvalidValue'],
        ['blue', 'InvalidValue'],
        [['red'], 'InvalidValue'],
        [1, 'InvalidValue'],
      ],
    },
    {
      type: 'multiselect',
      members: { custom_field_options: options },
      takes: [
        [['red'], ['red']],
        [
          ['green', 'red'],
          ['red', 'green'],
        ],
        [[], null],
      ],
      refuses: [
        [['red', 'blue'], 'InvalidValue'],
        ['red', 'InvalidValue'],
        [[1], 'InvalidValue'],
      ],
    },
  ];

  it.each(types)(
    '$type: is made, takes and refuses values, and is cleared by null',
    async ({ type, members, shown, takes, refuses }) => {
      const path = await newObject(admin);
      const made = await must(create(path, { type, ...members }), 201);
      expect(made.body.custom_object_field).toMatchObject({ type, key: 'some', active: true, system: false, ...shown });
      for (const [sent, stored] of takes) {
        expect(storedOf(await must(store(path, sent), 200)), JSON.stringify(sent)).toEqual(stored);
      }
      const before = await must(store(path, takes[0]?.[0]), 200);
      for (const [sent, code] of refuses) {
        const answer = await store(path, sent);
        expect(answer.status, JSON.stringify(sent)).toBe(422);
        expect(problemsOf(answer), JSON.stringify(sent)).toEqual({ some: [code] });
      }
      const { body } = await admin.get(`${path}/records`);
      expect(body.custom_object_records).toEqual([before.body.custom_object_record]);
      expect(storedOf(await must(store(path, null), 200))).toBeNull();
    },
  );

  it('numbers that cannot be held exactly are refused, not rounded', async () => {
    const path = await newObject(admin, [{ key: 'some', type: 'integer' }]);
    const answer = await admin.patch(
      `${path}/records?external_id=A`,
      '{"custom_object_record":{"name":"Van","custom_object_fields":{"some":12345678901234567890}}}',
    );
    expect(problemsOf(answer)).toEqual({ some: ['InvalidValue'] });
  });

  it('shows date fields of a record type made elsewhere alike', async () => {
    const answer = await admin.patch('/custom_objects/claim/records?external_id=DATED', {
      custom_object_record: { name: 'Fire', custom_object_fields: { loss_date: '2026-03-01', incurred: '12.50' } },
    });
    expect(answer.body.custom_object_record.custom_object_fields).toMatchObject({
      loss_date: '2026-03-01T00:00:00+00:00',
      incurred: 12.5,
    });
  });
});
