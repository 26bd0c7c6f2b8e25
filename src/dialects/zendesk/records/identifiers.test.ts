import { describe, expect, it } from 'vitest';
import { type Answer, clientOf, demoServer, must, newObject, problemsOf, recordsOf } from '../test-client.ts';

const server = demoServer();
const admin = clientOf(() => server.origin);

const record = (custom_object_record: unknown) => ({ custom_object_record });
const upsert = (path: string, query: string, body?: unknown): Promise<Answer> =>
  admin.patch(`${path}/records?${query}`, body);

describe('identifiers', () => {
  const awkward = [
    'a/b+c%d é',
    '755053b0-ba42-494a-b467-8c2cf408be65',
    'link',
    'count',
    'a:b:c',
    'external_id:x',
    ' leading and trailing ',
    'a&b=c#d?e',
    '{"a":[1]}',
    '漢字 🎉',
    'x'.repeat(512),
    '0',
    'null',
    '__proto__',
    'a.json',
  ];

  it.each(awkward)('may be %j, as external id and as name', async (key) => {
    const path = await newObject(admin, [], { uniqueNames: true });
    const query = encodeURIComponent(key);
    const byKey = await must(upsert(path, `external_id=${query}`, record({ name: key })), 200);
    expect(byKey.body.custom_object_record).toMatchObject({ external_id: key, name: key });
    const byName = await must(upsert(path, `name=${query}`, record({ external_id: key })), 200);
    expect(byName.body).toEqual(byKey.body);
    expect(await recordsOf(admin, path)).toHaveLength(1);
    await must(admin.delete(`${path}/records?name=${query}`), 204);
    expect(await recordsOf(admin, path)).toEqual([]);
  });

  it('may have their spaces written as + or %20', async () => {
    const path = await newObject(admin);
    const first = await must(upsert(path, 'external_id=a+b', record({ name: 'Van' })), 200);
    const second = await must(upsert(path, 'external_id=a%20b', record({})), 200);
    expect(second.body).toEqual(first.body);
  });

  it('are compared with case and spaces', async () => {
    const path = await newObject(admin, [], { uniqueNames: true });
    for (const key of ['Van', 'van', 'van%20', '%20van'])
      await must(upsert(path, `name=${key}`, record({ external_id: key })), 200);
    expect(await recordsOf(admin, path)).toHaveLength(4);
  });

  it('longer than 512 characters are refused on their member', async () => {
    const path = await newObject(admin);
    const answer = await upsert(path, `external_id=${'x'.repeat(513)}`, record({ name: 'Van' }));
    expect(answer.status).toBe(422);
    expect(problemsOf(answer)).toEqual({ external_id: ['TooLong'] });
  });
});

describe('many upserts of one new identifier at once', () => {
  it('make one record: forty answers of 200 with one id', async () => {
    const path = await newObject(admin, [{ key: 'number_of', type: 'integer' }]);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, number_of) =>
        upsert(path, 'external_id=RACE', record({ name: 'Van', custom_object_fields: { number_of } })),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(40).fill(200));
    expect(new Set(answers.map(({ body }) => body.custom_object_record.id)).size).toBe(1);
    expect(await recordsOf(admin, path)).toHaveLength(1);
  });

  it('make one record by name, too', async () => {
    const path = await newObject(admin, [], { uniqueNames: true });
    const answers = await Promise.all(Array.from({ length: 40 }, () => upsert(path, 'name=RACE', record({}))));
    expect(answers.map(({ status }) => status)).toEqual(Array(40).fill(200));
    expect(new Set(answers.map(({ body }) => body.custom_object_record.id)).size).toBe(1);
  });

  it('with one unique name but different external ids make one record, and the rest are refused', async () => {
    const path = await newObject(admin, [], { uniqueNames: true });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, key) => upsert(path, `external_id=K${key}`, record({ name: 'Van' }))),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 422);
    expect(refused).toHaveLength(19);
    for (const answer of refused) expect(problemsOf(answer)).toEqual({ name: ['DuplicateValue'] });
  });
});
