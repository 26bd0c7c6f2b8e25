// @brokenrubik/netsuite-sdk, as it comes from npm: OAuth 2.0 client credentials, its host computed from the account, all of its calls.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  NetSuiteAuthError,
  NetSuiteClient,
  NetSuiteIdempotencyError,
  NetSuiteNotFoundError,
  NetSuiteValidationError,
} from '@brokenrubik/netsuite-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../fresh-server.ts';
import { standInForVendor } from './netsuite-host.ts';

const options = {
  accountId: 'KEYWAY_DEMO',
  clientId: 'kw_demo_jwt',
  certificateId: 'kw_demo_certificate',
  privateKey: readFileSync(new URL('../../demo/netsuite-private-key.pem', import.meta.url), 'utf8'),
  maxRetries: 0,
};
const client = new NetSuiteClient(options);
const origin = 'https://keyway-demo.suitetalk.api.netsuite.com';
const quickly = { pollInterval: 10 };

let server: FreshServer;
let leave: () => Promise<void>;
beforeAll(async () => {
  server = await freshServer({ settings: { trustProxy: true } });
  leave = await standInForVendor(server.url);
});
afterAll(async () => {
  await leave();
  await server.close();
});

describe('@brokenrubik/netsuite-sdk', () => {
  it('writes a record in each way, reads it, and removes it', async () => {
    const created = await client.createRecord('customer', { externalId: 'S1', companyName: 'One', nonsense: 1 });
    expect(created).toEqual({
      id: expect.stringMatching(/^\d+$/),
      location: `${origin}/services/rest/record/v1/customer/${created.id}`,
      success: true,
      operationId: expect.any(String),
      propertyValidation: ["Unknown property 'nonsense'"],
    });
    expect(await client.updateRecord('customer', created.id, { phone: '1', email: 'a@example.test' })).toMatchObject({
      id: created.id,
    });
    const selected = { phone: null, email: null };
    await client.updateRecord('customer', created.id, selected, { replaceSelectedFields: true, replace: 'phone' });
    expect((await client.upsertRecord('customer', 'S1', { companyName: 'Two' })).id).toBe(created.id);
    expect(await client.getRecord('customer', created.id)).toMatchObject({
      companyName: 'Two',
      email: 'a@example.test',
    });
    expect(await client.getRecord('customer', created.id, { fields: 'id,companyName' })).toEqual({
      links: [{ rel: 'self', href: expect.stringContaining(origin) }],
      id: created.id,
      companyName: 'Two',
    });
    expect(await client.deleteRecord('customer', created.id)).toMatchObject({ id: '', location: '', success: true });
    await expect(client.getRecord('customer', created.id)).rejects.toThrow(NetSuiteNotFoundError);
  });

  it('reads sublists and replaces their lines', async () => {
    const [account = { id: '' }] = (await client.listRecords('account', { limit: 1 })).items;
    await client.updateRecord('account', account.id, { opportunities: { items: [{ opportunity: { id: '379' } }] } });
    const expanded = await client.getRecord<{ opportunities: object }>('account', account.id, {
      expandSubResources: true,
    });
    expect(expanded.opportunities).toMatchObject({ totalResults: 1, items: [{ opportunity: { id: '379' } }] });
    await client.updateRecord('account', account.id, { opportunities: { items: [] } }, { replace: 'opportunities' });
    expect(
      (await client.getRecord<{ opportunities: object }>('account', account.id, { expandSubResources: true }))
        .opportunities,
    ).toMatchObject({ totalResults: 0 });
  });

  it('lists a page, and all pages, of what passes a filter', async () => {
    const items = Array.from({ length: 12 }, (_, index) => ({
      externalId: `list-${index}`,
      companyName: 'Listed & more',
    }));
    await (await client.batchUpsert('partner', items)).wait(quickly);
    const q = 'companyName IS "Listed & more"';
    expect(await client.listRecords('partner', { limit: 5, offset: 10, q })).toMatchObject({
      count: 2,
      hasMore: false,
      totalResults: 12,
    });
    expect(await client.listAllRecords('partner', { q: 'companyName CONTAINS "Listed"' })).toHaveLength(12);
  });

  it('sends batches of each kind, and collects what came of every item', async () => {
    const job = await client.batchCreate('customer', [
      { externalId: 'J1', companyName: 'One' },
      { externalId: 'J1', companyName: 'Double' },
      { externalId: 'J2', companyName: 'Two' },
    ]);
    expect(job.location).toBe(`${origin}/services/rest/async/v1/job/${job.id}`);
    const created = await job.wait(quickly);
    expect(created).toMatchObject({ succeeded: 2, failed: 1 });
    expect(created.results[1]?.error).toBeInstanceOf(NetSuiteValidationError);
    const [one = '', two = ''] = [created.results[0]?.recordId, created.results[2]?.recordId];

    expect(
      await (await client.batchUpsert('customer', [{ externalId: 'J1', phone: '1' }], { parallel: true })).wait(
        quickly,
      ),
    ).toMatchObject({ succeeded: 1, failed: 0 });
    expect(
      await (
        await client.batchUpdate('customer', [
          { id: one, phone: '2' },
          { externalId: 'J2', phone: '3' },
        ])
      ).wait(quickly),
    ).toMatchObject({ succeeded: 2 });
    const got = await client.batchGet('customer', [one, 'eid:J2', '999999'], { fields: 'id,phone' });
    const { results } = await got.wait<{ id: string; phone: string }>(quickly);
    expect(results.map(({ success, result }) => [success, result?.id, result?.phone])).toEqual([
      [true, one, '2'],
      [true, two, '3'],
      [false, undefined, undefined],
    ]);
    expect(results[2]?.error).toBeInstanceOf(NetSuiteNotFoundError);
    expect(await (await client.batchDelete('customer', [one, 'eid:J2'])).wait(quickly)).toMatchObject({ succeeded: 2 });

    const again = client.attachJob(job.id);
    expect(await again.status()).toMatchObject({ completed: true, progress: 'succeeded', id: job.id });
    expect((await again.tasks()).items).toHaveLength(3);
    expect(await again.taskStatus('2')).toMatchObject({ completed: true, progress: 'failed' });
    await expect(again.taskResult('2')).rejects.toThrow(NetSuiteValidationError);
  });

  it('does a batch once for an idempotency key, and takes up the first job', async () => {
    const idempotencyKey = randomUUID();
    const first = await client.batchCreate('customer', [{ companyName: 'Only once' }], { idempotencyKey });
    const second = await client
      .batchCreate('customer', [{ companyName: 'Only once' }], { idempotencyKey })
      .catch((error) => error);
    expect(second).toBeInstanceOf(NetSuiteIdempotencyError);
    expect([second.jobId, second.location]).toEqual([first.id, first.location]);
    expect(await client.attachJob(second.location).wait(quickly)).toMatchObject({ succeeded: 1 });
    expect(await client.listAllRecords('customer', { q: 'companyName IS "Only once"' })).toHaveLength(1);
  });

  it('reads the metadata in its three forms', async () => {
    expect(await client.getMetadata()).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ name: 'customer' })]),
    });
    expect(await client.getMetadata({ select: 'customer', format: 'openapi3' })).toMatchObject({ openapi: '3.0.1' });
    expect(await client.getMetadata({ select: 'customer', format: 'jsonschema' })).toMatchObject({
      properties: { companyName: {} },
    });
  });

  it('throws errors of its own kinds, with the vendor’s codes', async () => {
    const wrong = await client.updateRecord('customer', '660', { isInactive: 'maybe' }).catch((error) => error);
    expect(wrong).toBeInstanceOf(NetSuiteValidationError);
    expect(wrong).toMatchObject({ status: 400, errorCode: 'INVALID_CONTENT', errorPath: 'isInactive' });
    const both = client
      .getRecord('customer', '660', { fields: 'id', expandSubResources: true })
      .catch((error) => error);
    expect(await both).toMatchObject({ errorCode: 'INVALID_PARAMETER' });
    expect(await client.suiteql('select id from customer').catch((error) => error)).toMatchObject({
      errorCode: 'INVALID_URL',
    });
    await expect(client.listRecords('nothing')).rejects.toThrow(NetSuiteNotFoundError);
  });

  it('is not let in without the right client, certificate or key', async () => {
    for (const wrong of [{ clientId: 'nobody' }, { certificateId: 'another' }, { accountId: '1234567_SB1' }]) {
      const stranger = new NetSuiteClient({ ...options, ...wrong });
      await expect(stranger.getRecord('customer', '660')).rejects.toThrow(NetSuiteAuthError);
    }
  });
});
