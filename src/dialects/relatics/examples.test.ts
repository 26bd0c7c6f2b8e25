import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { InterfaceClient, send } from './test-client.ts';
import { addInterfaces, contactsInterface } from './test-schema.ts';

type Example = { it: string; headers: Record<string, string>; body?: string; status: number; answer: string } & (
  | { get: string }
  | { post: string }
);

const examples = parse(readFileSync(new URL('./examples/worked-example.yaml', import.meta.url), 'utf8')) as Example[];

describe('the documented session', () => {
  let server: FreshServer;
  const known = new Map<string, string>();
  beforeAll(async () => {
    server = await freshServer();
    const client = await InterfaceClient.open(server.url, server.hub);
    await addInterfaces(server.hub, client.caller, { contacts: contactsInterface });
    known.set('ada', await client.idOf('contact', 2001)).set('tom', await client.idOf('contact', 106));
  });
  afterAll(() => server.close());

  const filled = (text: string) => text.replace(/\{(token|ada|tom)\}/g, (_name, name: string) => known.get(name) ?? '');

  it.each(examples)('$it', async ({ headers, body, status, answer, ...rest }) => {
    const [method, path] = 'get' in rest ? ['GET', rest.get] : ['POST', rest.post];
    const response = await send(server.url + path, {
      method,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value)])),
      ...(body === undefined ? {} : { body: filled(body) }),
    });
    const token = /"access_token":"([^"]+)"/.exec(response.text)?.[1];
    if (token !== undefined) known.set('token', token);
    const expected = filled(answer.trim())
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('<any>', '[^"<>]+');
    expect(response.text).toMatch(new RegExp(`^${expected}$`));
    expect(response.status).toBe(status);
  });
});

describe("the call on the vendor's page", () => {
  // `Content-Type` is not among the headers that the page asks for; each HTTP library then sends one of its own, or none.
  const json = '{"Elements":[{"@externalid":"E-1","Name":"Pump"}]}';
  const xml = '<elements><Elements><Element externalid="E-1"><Name>Pump</Name></Element></Elements></elements>';
  let server: FreshServer;
  let client: InterfaceClient;
  beforeAll(async () => {
    server = await freshServer();
    client = await InterfaceClient.open(server.url, server.hub);
  });
  afterAll(() => server.close());

  it.each([
    [undefined, 'application/json'],
    ['application/x-www-form-urlencoded', 'application/json'],
    ['text/plain;charset=UTF-8', 'application/json'],
    [undefined, 'application/xml'],
    ['application/x-www-form-urlencoded', 'application/xml'],
    ['text/plain', 'application/xml'],
  ])('works with Content-Type %s and Accept %s', async (contentType, accept) => {
    const text = accept === 'application/json' ? json : xml;
    const response = await fetch(
      `${server.url}/api/v1/workspaces/755053b0-ba42-494a-b467-8c2cf408be65/interfaces/synchronizing/myendpoint`,
      {
        method: 'POST',
        headers: {
          Authorization: 'Bearer kw_demo_admin',
          Accept: accept,
          ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
        },
        body: new Blob([text]), // without a type: fetch adds no Content-Type of its own
      },
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
    expect(await client.elements('name')).toEqual([['E-1', 'Pump']]);
  });
});
