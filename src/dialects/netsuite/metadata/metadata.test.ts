import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { type Answer, demoServer, errorOf, type Json, recordCalls, records } from '../test-client.ts';

const swagger = 'application/swagger+json';
const schemaJson = 'application/schema+json';

describe('the metadata catalogue', async () => {
  const { send, origin } = await demoServer({
    types: {
      sales_order: {
        fields: {
          memo: { type: 'text', max_length: 20 },
          total: { type: 'decimal', scale: 2 },
          lines: { type: 'integer' },
          is_open: { type: 'boolean' },
          due: { type: 'date' },
          checked: { type: 'datetime' },
          status: { type: 'enum', options: [{ value: 'a', label: 'A' }] },
          tags: { type: 'multi_enum', options: [{ value: 'x' }, { value: 'y' }] },
          entity: { type: 'lookup', to: 'customer', inverse: 'orders' },
          custbody_a_b: { type: 'text', description: 'Odd' },
        },
      },
      invoice: {},
      customrecord_machine: {},
    },
    links: {
      'sales_order.contacts': { to: 'contact', roles: 'contact_role' },
      'sales_order.machines': { to: 'customrecord_machine' },
    },
  });
  const { call, read, written } = recordCalls(send);
  const get = (path: string, accept?: string): Promise<Answer> =>
    send('GET', `${records}/metadata-catalog${path}`, accept === undefined ? {} : { headers: { accept } });
  const href = `${origin}${records}`;

  it('lists every record type, with links to its forms and to its records', async () => {
    const answer = await get('');
    expect(answer.headers.get('content-type')).toBe('application/json');
    const names = answer.body.items.map(({ name }: Json) => name);
    expect(names).toEqual(expect.arrayContaining(['customer', 'contact', 'salesOrder', 'customrecord_machine']));
    expect(names).not.toContain('file');
    expect(answer.body.items.find(({ name }: Json) => name === 'salesOrder')).toEqual({
      name: 'salesOrder',
      links: [
        { rel: 'canonical', href: `${href}/metadata-catalog/salesOrder`, mediaType: 'application/json' },
        { rel: 'alternate', href: `${href}/metadata-catalog/salesOrder`, mediaType: swagger },
        { rel: 'alternate', href: `${href}/metadata-catalog/salesOrder`, mediaType: schemaJson },
        { rel: 'describes', href: `${href}/salesOrder` },
      ],
    });
  });

  it('is narrowed by select, and by the path', async () => {
    const selected = (await get('/?select=customer,SALESORDER')).body.items.map(({ name }: Json) => name);
    expect(selected).toEqual(['customer', 'salesOrder']);
    expect((await get('/salesorder')).body.items.map(({ name }: Json) => name)).toEqual(['salesOrder']);
    for (const path of ['/nothing', '?select=nothing', '?select=customer,file', '/file']) {
      expect(errorOf(await get(path))).toMatchObject({ status: 404, 'o:errorCode': 'NOT_FOUND' });
    }
    expect(errorOf(await get('?choose=customer'))).toMatchObject({ status: 400, 'o:errorQueryParam': 'choose' });
  });

  it.each([
    ['*/*', 'application/json'],
    ['text/html', 'application/json'],
    ['application/schema+json;q=0.5, application/swagger+json', swagger],
    ['APPLICATION/SCHEMA+JSON', schemaJson],
    ['application/swagger+json;q=0', 'application/json'],
  ])('answers Accept: %s by %s', async (accept, mediaType) => {
    expect((await get('/customer', accept)).headers.get('content-type')).toBe(mediaType);
  });

  it('is OpenAPI that a validator finds nothing wrong with', async () => {
    for (const path of ['', '?select=salesOrder', '/salesOrder']) {
      const { body, headers } = await get(path, swagger);
      expect(headers.get('content-type')).toBe(swagger);
      const validator = new Validator();
      const result = await validator.validate(structuredClone(body));
      expect(result.errors, path).toBeUndefined();
      expect(validator.version).toBe('3.0');
      expect(body.servers).toEqual([{ url: href }]);
    }
  });

  it('has the paths of each type, its attachments and what it can become', async () => {
    const { paths } = (await get('?select=salesOrder,customrecord_machine', swagger)).body;
    expect(Object.keys(paths)).toEqual([
      '/salesOrder',
      '/salesOrder/{id}',
      '/salesOrder/{targetId}/!attach/contact/{attachmentId}',
      '/salesOrder/{targetId}/!detach/contact/{attachmentId}',
      '/salesOrder/{id}/!transform/invoice',
      '/customrecord_machine',
      '/customrecord_machine/{id}',
    ]);
  });

  it('describes records as they are read, and as they may be written', async () => {
    const { body, headers } = await get('/salesOrder', schemaJson);
    expect(headers.get('content-type')).toBe(schemaJson);
    const { properties } = body;
    expect(properties.memo).toEqual({
      title: 'Memo',
      type: ['string', 'null'],
      maxLength: 20,
      'x-ns-filterable': true,
    });
    expect(Object.keys(properties)).toEqual(
      expect.arrayContaining(['id', 'externalId', 'isOpen', 'contactRoles', 'machines']),
    );
    const ajv = new Ajv({ strict: false, allErrors: true });
    ajv
      .addFormat('date', /^\d{4}-\d\d-\d\d$/)
      .addFormat('date-time', /^\d{4}-.*Z$/)
      .addFormat('uri', /^http/);
    ajv.addFormat('int64', true).addFormat('double', true);
    const check = ajv.compile(body);
    const valid = (value: unknown): void => {
      expect(check(value), JSON.stringify(check.errors)).toBe(true);
    };
    const order = {
      ...{ externalId: 'O1', memo: 'm', total: 1.5, lines: 3, isOpen: true, due: '2026-01-01', entity: { id: '660' } },
      ...{ checked: '2026-01-01T00:00:00Z', status: { id: 'a' }, tags: { items: [{ id: 'x' }] } },
    };
    valid(order);
    await written(call('POST', 'salesOrder', order));
    await written(call('PUT', 'customrecord_machine/eid:M', {}));
    await written(
      call('PATCH', 'salesOrder/eid:O1', { machines: { items: [{ customrecord_machine: { externalId: 'M' } }] } }),
    );
    await call('POST', 'salesOrder/eid:O1/!attach/contact/106', { role: '-10' });
    for (const path of ['salesOrder/eid:O1', 'salesOrder/eid:O1?expandSubResources=true']) valid(await read(path));
    valid({ memo: null, entity: null, machines: null });
    for (const wrong of [{ memo: 1 }, { memo: 'x'.repeat(21) }, { status: { id: 'z' } }, { isOpen: 'yes' }]) {
      expect(check(wrong)).toBe(false);
    }
  });

  it('describes several types in one document', async () => {
    const { body } = await get('?select=customer,contact', schemaJson);
    expect(Object.keys(body.definitions)).toEqual(['nsLink', 'nsReference', 'customer', 'contact']);
    new Ajv({ strict: false, validateFormats: false }).compile({ ...body, $ref: '#/definitions/customer' });
  });

  it('is shown to who may come in', async () => {
    const answer = await send('GET', `${records}/metadata-catalog`, { authorization: null });
    expect(answer.status).toBe(401);
    expect((await send('GET', `/w/Demo${records}/metadata-catalog`)).body.items[0].links[0].href).toContain('/w/Demo/');
  });
});
