// The calls that are shown for an interface, made as they are shown.
import { afterAll, describe, expect, it } from 'vitest';
import type { Json } from '../src/dialects/native/test-client.ts';
import { freshServer } from './fresh-server.ts';
import { served } from './scenarios/served.ts';

describe('the calls that are shown for an interface', async () => {
  const { url, close } = await freshServer();
  afterAll(close);
  const headers = { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/json' };
  const read = async (path: string): Promise<Json> => (await fetch(`${url}${path}`, { headers })).json();
  const shown = async (endpoint: string): Promise<Json[]> => (await read(`/v1/interfaces/${endpoint}/calls`)).items;
  const make = (call: Json, replace: (text: string) => string) => {
    const isForm = call.headers['Content-Type']?.includes('form');
    return fetch(`${url}${call.path}`, {
      method: call.method,
      headers: Object.fromEntries(Object.entries(call.headers).map(([name, value]) => [name, replace(String(value))])),
      ...(call.body && {
        body: replace(isForm ? String(new URLSearchParams(call.body)) : JSON.stringify(call.body)),
      }),
    });
  };

  it('send a set that it takes', async () => {
    const [native] = await shown('myendpoint');
    expect([native.name, native.title, native.address]).toEqual(['native', 'Native', native.calls[0].path]);
    const own = await make(native.calls[0], (text) => text.replace('<api key>', 'kw_demo_admin'));
    expect(await own.json()).toMatchObject({ state: 'applied', counts: { received: 1, created: 1 }, issues: 0 });
  });

  it('send values that the fields take, also such as every record must have', async () => {
    const schema = await read('/v1/schema');
    const owner = 'external';
    schema.types.part = {
      owner,
      fields: {
        name: { type: 'text', owner, max_length: 4 },
        share: { type: 'decimal', owner, scale: 0 },
        code: { type: 'regexp', owner, pattern: '[0-9]+' },
        grade: { type: 'enum', owner, options: [{ value: 'A' }] },
        pieces: { type: 'integer', owner, required: true },
      },
    };
    schema.interfaces.parts = { name: 'Parts', type: 'part' };
    const put = await fetch(`${url}/v1/schema`, { method: 'PUT', headers, body: JSON.stringify(schema) });
    expect(put.status).toBe(200);
    const [native] = await shown('parts');
    const sent = await make(native.calls[0], (text) => text.replace('<api key>', 'kw_demo_admin'));
    expect(await sent.json()).toMatchObject({ state: 'applied', counts: { received: 1, created: 1 }, issues: 0 });
    const { fields } = await read('/v1/records/part/external_id:E-1');
    expect(fields).toMatchObject({ name: 'An e', share: 1, grade: null, code: null, pieces: 1 });
  });

  it.runIf(served('relatics'))('send the same set through Relatics, with a token that they ask for first', async () => {
    const [, relatics] = await shown('myendpoint');
    expect([relatics.name, relatics.title]).toEqual(['relatics', 'Relatics']);
    const [token, send] = relatics.calls;
    const granted = await make(token, (text) =>
      text.replace('%3Cclient+id%3E', 'kw_demo_client').replace('%3Cclient+secret%3E', 'kw_demo_client_secret'),
    );
    const { access_token } = (await granted.json()) as Json;
    const sent = await make(send, (text) => text.replace('$token', access_token));
    expect(await sent.json()).toMatchObject({ received: 1, unchanged: 1, issues: 0 });
    expect(relatics.address).toBe(send.path);
  });

  it.runIf(served('relatics'))('are none of Relatics where people upload, and read what is provided', async () => {
    const change = (method: string, path: string, body: object) =>
      fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
    await change('PATCH', '/v1/interfaces/myendpoint', { initiator: 'upload' });
    expect((await shown('myendpoint')).map(({ name }) => name)).toEqual(['native']);
    await change('POST', '/v1/interfaces', { endpoint: 'out', name: 'Out', type: 'contact', direction: 'providing' });
    const [only] = await shown('out');
    expect([only.name, only.calls[1].method]).toEqual(['relatics', 'GET']);
  });

  it('are of interfaces that there are', async () => {
    expect((await read('/v1/interfaces/nobody/calls')).code).toBe('unknown_interface');
  });
});
