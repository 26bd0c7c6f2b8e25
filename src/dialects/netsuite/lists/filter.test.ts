import { describe, expect, it } from 'vitest';
import { type Answer, demoServer, errorOf, type Json, records } from '../test-client.ts';

describe('the filter q', async () => {
  const { send, origin } = await demoServer({
    types: {
      tool: {
        fields: {
          memo: { type: 'text' },
          weight: { type: 'integer' },
          price: { type: 'decimal', scale: 2 },
          is_inactive: { type: 'boolean' },
          bought: { type: 'date' },
          checked: { type: 'datetime' },
          grade: { type: 'enum', options: [{ value: 'a' }, { value: 'b' }] },
          marks: { type: 'multi_enum', options: [{ value: 'x' }, { value: 'y' }] },
          keeper: { type: 'lookup', to: 'contact', inverse: 'tools' },
        },
      },
    },
  });
  const list = (q: string, more = ''): Promise<Answer> =>
    send('GET', `${records}/tool?q=${encodeURIComponent(q)}${more}`);
  const tools = {
    A: { memo: 'red hammer', weight: 1, price: 1.5, isInactive: true, bought: '2019-01-01', grade: 'a' },
    B: { memo: 'Blue "best" hammer', weight: 42, price: 99.25, isInactive: false, bought: '2019-01-02', grade: 'b' },
    C: { memo: 'saw', weight: 7, checked: '2019-01-01T23:59:59.999Z', marks: ['x', 'y'], keeper: { id: '106' } },
    'RED|PO|1': { memo: 'AND', weight: -3, checked: '2019-01-02T00:00:00Z', marks: ['x'] },
  };
  const ids = new Map<string, string>();
  for (const [externalId, body] of Object.entries(tools)) {
    const { status, headers } = await send('POST', `${records}/tool`, { body: { externalId, ...body } });
    expect(status).toBe(204);
    ids.set(/\d+$/.exec(headers.get('location') ?? '')?.[0] ?? '', externalId);
  }
  const [idOfA = '', idOfB = ''] = ids.keys();
  const found = async (q: string): Promise<string> => {
    const answer = await list(q);
    expect([q, answer.status, answer.body['o:errorDetails']]).toEqual([q, 200, undefined]);
    expect(answer.body.totalResults).toBe(answer.body.items.length);
    return answer.body.items.map(({ id }: Json) => ids.get(id)).join(' ');
  };

  it.each([
    ['memo IS saw', 'C'],
    ['MEMO is "red hammer"', 'A'],
    ['memo IS_NOT saw', 'A B RED|PO|1'],
    ['memo CONTAIN HAMMER', 'A B'],
    ['memo CONTAINS "hammer"', 'A B'],
    ['memo CONTAIN "\\"best\\""', 'B'],
    ['memo START_WITH "red h"', 'A'],
    ['memo END_WITH hammer', 'A B'],
    ['memo ENDWITH saw', 'C'],
    ['memo END_WITH_NOT hammer', 'C RED|PO|1'],
    ['memo IS "AND"', 'RED|PO|1'],
    ['externalId IS "RED|PO|1"', 'RED|PO|1'],
    ['weight EQUAL 42', 'B'],
    ['weight EQUAL_NOT 42', 'A C RED|PO|1'],
    ['weight ANY_OF [1, 42]', 'A B'],
    ['weight ANY_OF_NOT [1, 42]', 'C RED|PO|1'],
    ['weight ANY_OF 7', 'C'],
    ['weight BETWEEN [1, 7]', 'A C'],
    ['weight WITHIN [-3,1]', 'A RED|PO|1'],
    ['weight BETWEEN_NOT [1, 7]', 'B RED|PO|1'],
    ['weight GREATER 7', 'B'],
    ['weight GREATER_OR_EQUAL 7', 'B C'],
    ['weight LESS 1', 'RED|PO|1'],
    ['weight LESS_OR_EQUAL 1', 'A RED|PO|1'],
    ['price GREATER 1.49', 'A B'],
    ['price EMPTY', 'C RED|PO|1'],
    ['price EMPTY_NOT', 'A B'],
    ['isInactive IS true', 'A'],
    ['isInactive IS F', 'B'],
    ['isInactive IS_NOT true', 'B C RED|PO|1'],
    ['bought ON "1/1/2019"', 'A'],
    ['bought AFTER 1/1/2019', 'B'],
    ['bought ON_OR_AFTER "01/01/2019"', 'A B'],
    ['bought BEFORE "1/2/2019"', 'A'],
    ['bought ON_OR_BEFORE "1/2/2019"', 'A B'],
    ['bought WITHIN ["1/1/2019", "1/2/2019"]', 'A B'],
    ['bought ON_NOT "1/1/2019"', 'B C RED|PO|1'],
    ['checked ON "1/1/2019"', 'C'],
    ['checked AFTER "1/1/2019"', 'RED|PO|1'],
    ['checked ON_OR_BEFORE "1/1/2019"', 'C'],
    ['dateCreated AFTER "1/1/2019"', 'A B C RED|PO|1'],
    ['grade ANY_OF [a, b]', 'A B'],
    ['grade IS b', 'B'],
    ['marks ANY_OF [y]', 'C'],
    ['marks EMPTY', 'A B'],
    ['keeper ANY_OF [106, 5]', 'C'],
    ['keeper EMPTY_NOT', 'C'],
    ['weight GREATER 1 AND memo CONTAIN hammer', 'B'],
    ['memo IS saw OR memo CONTAIN hammer AND weight EQUAL 1', 'A C'],
    ['(memo IS saw OR memo CONTAIN hammer) AND weight EQUAL 1', 'A'],
    ['((weight EQUAL 1)) or (weight EQUAL 7)', 'A C'],
    ['memo IS nothing', ''],
    ['', 'A B C RED|PO|1'],
  ])('%s', async (q, expected) => {
    expect(await found(q)).toBe(expected);
  });

  it('takes internal ids', async () => {
    expect(await found(`id ANY_OF [${idOfA}, ${idOfB}, 999999]`)).toBe('A B');
    expect(await found(`id GREATER ${idOfB}`)).toBe('C RED|PO|1');
  });

  it('goes into the link of each page', async () => {
    const { body } = await list('memo CONTAIN hammer', '&limit=1');
    expect(body).toMatchObject({ count: 1, hasMore: true, totalResults: 2 });
    const next = body.links.find(({ rel }: Json) => rel === 'next').href;
    expect(next).toBe(`${origin}${records}/tool?q=memo%20CONTAIN%20hammer&limit=1&offset=1`);
    const second = (await send('GET', next.slice(origin.length))).body;
    expect(second).toMatchObject({ hasMore: false, offset: 1, totalResults: 2 });
    expect(ids.get(second.items[0].id)).toBe('B');
  });

  it.each([
    ['memo', 'Expected an operator'],
    ['memo IS', 'takes one value'],
    ['memo IS [a, b]', 'takes one value'],
    ['memo IS "open', 'no closing quote'],
    ['memo IS saw weight', 'Expected AND, OR or the end'],
    ['(memo IS saw', 'not closed'],
    ['memo IS saw)', 'Expected AND, OR'],
    ['memo IS [saw', 'not closed'],
    ['memo IS []', 'A list holds values'],
    ['AND', 'Expected an operator'],
    ['"memo" IS saw', 'the name of a field'],
    ['nope IS saw', "Unknown field 'nope'"],
    ['customer.email IS x', 'Joins are not supported'],
    ['__proto__ IS x', 'Unknown field'],
    ['memo GREATER 1', 'does not go with'],
    ['memo constructor 1', 'does not go with'],
    ['weight CONTAIN 1', 'does not go with'],
    ['weight EQUAL one', 'is a number'],
    ['weight BETWEEN [1]', 'takes two values'],
    ['isInactive IS maybe', 'true or false'],
    ['bought ON "2019-01-01"', 'such as "1/31/2019"'],
    ['bought ON "2/30/2019"', 'such as "1/31/2019"'],
    ['grade IS z', 'not a value'],
    ['keeper ANY_OF [ann]', 'internal IDs'],
    ['price EMPTY 1', 'takes no value'],
    ['memo IS "a\u0000b"', ''],
    [`${'('.repeat(60)}weight EQUAL 1${')'.repeat(60)}`, 'nested'],
  ])('refuses %s', async (q, reason) => {
    const answer = await list(q);
    expect(errorOf(answer)).toEqual({
      status: 400,
      detail: expect.stringContaining(reason),
      'o:errorCode': 'INVALID_PARAMETER',
      'o:errorQueryParam': 'q',
    });
    expect(errorOf(answer).detail).toMatch(/^Invalid search query\. Detailed unprocessed description follows\./);
  });

  it('survives any text', async () => {
    for (const q of ["'; drop table record; --", '[[[', ',,,', '%', '\\', '"\\"', 'memo IS \u{1f511}', '()']) {
      expect([200, 400]).toContain((await list(q)).status);
    }
  });
});
