import { describe, expect, it } from 'vitest';
import { demoServer, errorOf, recordCalls } from '../test-client.ts';

describe('transform', async () => {
  const order = {
    memo: { type: 'text' },
    terms: { type: 'text', max_length: 5 },
    tran_id: { type: 'text', unique: true },
  } as const;
  const { send, origin } = await demoServer({
    types: {
      sales_order: { fields: { ...order, entity: { type: 'lookup', to: 'customer', inverse: 'sales_orders' } } },
      invoice: {
        fields: {
          ...order,
          terms: { type: 'integer' },
          entity: { type: 'lookup', to: 'customer', inverse: 'invoices' },
          created_from: { type: 'lookup', to: 'sales_order', inverse: 'invoices' },
        },
      },
    },
  });
  const { call, read, written } = recordCalls(send);

  it('makes a record that leads back to its source and has what both have, but for keys', async () => {
    const body = {
      externalId: 'SO-1',
      tranId: 'T1',
      memo: 'Two pumps',
      terms: '30',
      entity: { id: '660' },
      name: 'Order',
    };
    const id = await written(call('POST', 'salesOrder', body));
    const answer = await call('POST', `salesOrder/${id}/!transform/invoice`);
    const invoice = await written(answer);
    expect(answer.headers.get('location')).toBe(`${origin}/services/rest/record/v1/invoice/${invoice}`);
    const made = await read(`invoice/${invoice}`);
    expect(made).toMatchObject({ createdFrom: { id }, entity: { id: '660' }, memo: 'Two pumps', name: 'Order' });
    for (const own of ['externalId', 'tranId', 'terms']) expect(made).not.toHaveProperty(own);
  });

  it('takes the fields of its body instead, and the source by either id', async () => {
    await written(call('PUT', 'salesOrder/eid:SO-2', { memo: 'Old', entity: '660' }));
    const body = { externalId: 'INV-2', memo: null, terms: 14, entity: null };
    await written(call('POST', 'salesOrder/eid:SO-2/%21transform/INVOICE', body));
    const made = await read('invoice/eid:INV-2');
    expect(made).toMatchObject({ terms: 14, createdFrom: { id: (await read('salesOrder/eid:SO-2')).id } });
    expect(made).not.toHaveProperty('memo');
    expect(made).not.toHaveProperty('entity');
  });

  it('goes from a customer to an order of it', async () => {
    const id = await written(call('POST', 'customer/660/!transform/salesOrder', { memo: 'First' }));
    expect(await read(`salesOrder/${id}`)).toMatchObject({ entity: { id: '660' }, memo: 'First' });
  });

  it('is refused for pairs that are none, for a source that is not there, and for a body that is wrong', async () => {
    for (const path of [
      'invoice/1/!transform/salesOrder',
      'customer/660/!transform/contact',
      'customer/660/!transform/vendor',
    ]) {
      expect(errorOf(await call('POST', path))).toMatchObject({
        status: 400,
        'o:errorCode': 'INVALID_REQUEST',
        'o:errorUrl': `/services/rest/record/v1/${path}`,
      });
    }
    expect(errorOf(await call('POST', 'customer/eid:none/!transform/invoice'))).toMatchObject({ status: 404 });
    expect(errorOf(await call('POST', 'customer/660/!transform/invoice', { terms: 'soon' }))).toMatchObject({
      status: 400,
      'o:errorPath': 'terms',
    });
    const get = await call('GET', 'customer/660/!transform/invoice');
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
