// The calls that the page of a record offers to be copied do what they say, through every API.
import { afterAll, describe, expect, it } from 'vitest';
import type { Json } from '../src/dialects/native/test-client.ts';
import { dialects } from './dialects.ts';
import { freshServer } from './fresh-server.ts';

const sampled = dialects.flatMap(({ name, samples }) => (samples === undefined ? [] : [name]));

describe('a sample call', async () => {
  const server = await freshServer();
  afterAll(() => server.close());

  const send = async ({ method, path, headers, body }: Json): Promise<{ status: number; text: string }> => {
    const given = Object.entries(headers as Record<string, string>).map(([name, value]) => [
      name,
      value.replace('<api key>', 'kw_demo_admin'),
    ]);
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: { ...Object.fromEntries(given), ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const headers = { Authorization: 'Bearer <api key>' };
  const native = async (method: string, path: string, body?: object): Promise<Json> => {
    const { status, text } = await send({ method, path: `/v1/records/${path}`, headers, body });
    expect(status, text).toBeLessThan(300);
    return JSON.parse(text);
  };
  const samplesOf = async (ref: string): Promise<Json> => {
    const { items } = await native('GET', `${ref}/calls`);
    expect(items.map(({ name }: Json) => name)).toEqual(sampled);
    return Object.fromEntries(items.map((item: Json) => [item.name, item]));
  };

  it.each(sampled)('of %s reads and writes the record by its key, whatever that holds', async (api) => {
    const ref = `account/${encodeURIComponent(`external_id:A's/1 ü%41 ${api}`)}`;
    const { record } = await native('PATCH', ref, { fields: { name: `O'Neil & Söhne ${api}` } });
    const { [api]: calls } = await samplesOf(ref);
    const { status, text } = await send(calls.read);
    expect(status, text).toBe(200);
    expect(text).toContain(`O'Neil & Söhne ${api}`);
    expect((await send(calls.write)).status).toBeLessThan(300);
    // It wrote what was there already, to the record that was there.
    expect(await native('GET', ref)).toMatchObject({ id: record.id, version: record.version });
  });

  it.each(sampled)('of %s reads a record that has no key, and does not offer to write it', async (api) => {
    const { record } = await native('POST', 'account', { fields: { name: `Keyless ${api}` } });
    const { [api]: calls } = await samplesOf(`account/${record.id}`);
    expect(calls.write).toBeNull();
    const { status, text } = await send(calls.read);
    expect(status, text).toBe(200);
    expect(text).toContain(`Keyless ${api}`);
  });

  it.each(sampled)('of %s names a record by another key where it has no external id', async (api) => {
    const { record } = await native('PATCH', `claim/claim_number:S-${api}`, { fields: { name: `Hail ${api}` } });
    const { [api]: calls } = await samplesOf(`claim/${record.id}`);
    expect((await send(calls.read)).text).toContain(`Hail ${api}`);
    if (calls.write === null) return; // this API knows no other key
    expect(JSON.stringify(calls.write)).toContain(`S-${api}`);
    expect((await send(calls.write)).status).toBeLessThan(300);
    expect(await native('GET', `claim/${record.id}`)).toMatchObject({ version: record.version });
  });
});
