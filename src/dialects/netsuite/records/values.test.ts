import { describe, expect, it } from 'vitest';
import { demoServer, errorOf, type Json, recordCalls, records } from '../test-client.ts';

describe('values', async () => {
  const { send, origin } = await demoServer({
    types: {
      customrecord_machine: {
        fields: {
          custrecord_serial_no: { type: 'text', unique: true },
          weight: { type: 'integer' },
          price: { type: 'decimal', scale: 2 },
          built_on: { type: 'date' },
          seen_at: { type: 'datetime' },
          in_use: { type: 'boolean' },
          grade: { type: 'enum', options: [{ value: 'a', label: 'Grade A' }, { value: 'b' }] },
          colours: {
            type: 'multi_enum',
            options: [
              { value: 'red', label: 'Red' },
              { value: 'blue', label: 'Blue' },
            ],
          },
          tag: { type: 'regexp', pattern: '[A-Z]+' },
          keeper: { type: 'lookup', to: 'contact', inverse: 'machines' },
          short: { type: 'text', max_length: 3 },
          renamed: { type: 'text', names: { netsuite: 'otherName' } },
        },
      },
    },
  });
  const { call, read, written } = recordCalls(send);

  const machine = {
    custrecord_serial_no: 'S-1',
    weight: 12,
    price: 99.95,
    builtOn: '2017-07-21',
    seenAt: '2017-07-21T19:32:28+02:00',
    inUse: false,
    grade: { id: 'a' },
    colours: { items: [{ id: 'blue' }, { id: 'red' }] },
    tag: 'ABC',
    keeper: { externalId: 'user1' },
    short: 'abc',
    otherName: 'x',
  };

  it('come back as the vendor writes them', async () => {
    const id = await written(call('PUT', 'customrecord_machine/eid:M1', machine));
    const href = `${origin}${records}/customrecord_machine/${id}`;
    const body = await read('customrecord_machine/eid:M1');
    expect(body).toEqual({
      ...machine,
      links: [{ rel: 'self', href }],
      id,
      externalId: 'M1',
      seenAt: '2017-07-21T17:32:28Z',
      grade: { id: 'a', refName: 'Grade A' },
      colours: {
        items: [
          { id: 'red', refName: 'Red' },
          { id: 'blue', refName: 'Blue' },
        ],
      },
      keeper: { links: [{ rel: 'self', href: `${origin}${records}/contact/106` }], id: '106', refName: 'Tom Visser' },
      dateCreated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      lastModifiedDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    // What was read can be sent back as it is, and changes nothing.
    const strict = { 'X-NetSuite-PropertyNameValidation': 'error' };
    await written(call('PATCH', `customrecord_machine/${id}`, body, strict));
    expect(await read(`customrecord_machine/${id}`)).toEqual(body);
  });

  it('are shown as bare ids when the client wants enumerations simple', async () => {
    await written(call('PUT', 'customrecord_machine/eid:M2', machine.grade && { grade: 'b', colours: ['red'] }));
    const body = await read('customrecord_machine/eid:M2?simpleEnumFormat=true');
    expect(body).toMatchObject({ grade: 'b', colours: { items: ['red'] } });
    expect(body.links[0].href).toMatch(/\?simpleEnumFormat=true$/);
  });

  it('take references by number, text or either key, the id first', async () => {
    for (const keeper of [106, '106', { id: 106 }, { id: '106', externalId: 'nobody' }]) {
      await written(call('PUT', 'customrecord_machine/eid:M3', { keeper: null }));
      await written(call('PUT', 'customrecord_machine/eid:M3', { keeper }));
      expect((await read('customrecord_machine/eid:M3')).keeper.id).toBe('106');
    }
  });

  it('refuse references that lead nowhere, whatever the client allows', async () => {
    for (const [keeper, said] of [
      [{ id: 9999 }, '9999'],
      ['9999', '9999'],
      [{ externalId: 'nobody' }, 'nobody'],
      [-5, '-5'],
      [{ id: 'x' }, 'x'],
    ]) {
      const headers = { 'X-NetSuite-PropertyValueValidation': 'ignore' };
      expect(errorOf(await call('PUT', 'customrecord_machine/eid:M4', { keeper }, headers))).toEqual({
        status: 400,
        detail: `Error while accessing resource: You have entered an Invalid Field Value ${said} for the following field: keeper`,
        'o:errorPath': 'keeper',
        'o:errorCode': 'INVALID_CONTENT',
      });
    }
    expect((await call('GET', 'customrecord_machine/eid:M4')).status).toBe(404);
  });

  const wrong = {
    weight: 1.5,
    price: 'dear',
    builtOn: '21.7.2017',
    seenAt: '2017-07-21',
    inUse: 'T',
    tag: 'abc',
    short: 'abcd',
  };

  it('with a wrong syntax are all refused at once', async () => {
    const { status, body } = await call('PUT', 'customrecord_machine/eid:M5', { ...wrong, grade: 'c' });
    expect(status).toBe(400);
    const paths = body['o:errorDetails'].map((entry: Json) => entry['o:errorPath']);
    expect(paths.sort()).toEqual([...Object.keys(wrong), 'grade'].sort());
    expect(body['o:errorDetails'][0].detail).toMatch(
      /^Invalid value for the resource or sub-resource field '\w+'\. Provide a valid value\. /,
    );
    const details: string[] = body['o:errorDetails'].map((entry: Json) => entry.detail);
    expect(details).toContainEqual(expect.stringContaining(' Field builtOn takes a date as YYYY-MM-DD'));
    expect(details.filter((detail) => /built_on|seen_at|in_use/.test(detail))).toEqual([]);
  });

  it('with a wrong syntax are left out, with or without a warning, when the client allows it', async () => {
    const path = 'customrecord_machine/eid:M6';
    const warned = await call(
      'PUT',
      path,
      { ...wrong, otherName: 'kept' },
      { 'X-NetSuite-PropertyValueValidation': 'Warning' },
    );
    expect(warned.status).toBe(204);
    const warnings = (warned.headers.get('x-netsuite-propertyvalidation') ?? '').split(',');
    expect(warnings.sort()).toEqual(
      Object.keys(wrong)
        .map((name) => `Invalid value of property '${name}'`)
        .sort(),
    );
    const body = await read(path);
    expect(body.otherName).toBe('kept');
    for (const name of Object.keys(wrong)) expect(body).not.toHaveProperty(name);
    const ignored = await call(
      'PATCH',
      path,
      { weight: 'x', price: 5 },
      { 'X-NetSuite-PropertyValueValidation': 'ignore' },
    );
    expect(ignored.headers.get('x-netsuite-propertyvalidation')).toBeNull();
    expect(await read(path)).toMatchObject({ price: 5 });
  });

  it('that cannot be stored are refused', async () => {
    for (const body of [
      '{"otherName":"a\\u0000b"}',
      '{"otherName":"\\ud800"}',
      '{"weight":12345678901234567890}',
      '{"price":1e400}',
    ]) {
      const answer = await call('PUT', 'customrecord_machine/eid:M7', body);
      expect(errorOf(answer)).toMatchObject({ status: 400, 'o:errorCode': 'INVALID_CONTENT' });
    }
  });
});
