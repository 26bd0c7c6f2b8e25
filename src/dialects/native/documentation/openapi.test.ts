import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { demoServer, type Json } from '../test-client.ts';

describe('the OpenAPI document', async () => {
  const { call, document, url } = await demoServer();

  it('is valid OpenAPI 3.1, to a validator of somebody else’s', async () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document));
    expect(result.errors ?? []).toEqual([]);
    expect([result.valid, validator.version]).toEqual([true, '3.1']);
  });

  it('can be read without a key, and names the server by the address that it was asked at', async () => {
    expect(document.servers).toEqual([{ url }]);
    const named = await call('GET', '/w/Demo/v1/openapi.json', { as: null });
    expect(named.body.servers).toEqual([{ url: `${url}/w/Demo` }]);
  });

  it('has the native routes and no others, each with an id, a summary, its parameters and its refusals', () => {
    for (const [path, methods] of Object.entries<Json>(document.paths)) {
      expect(path).toMatch(/^\/v1\//);
      for (const [method, operation] of Object.entries<Json>(methods)) {
        const at = `${method} ${path}`;
        expect(['get', 'put', 'post', 'patch', 'delete'], at).toContain(method);
        expect(operation.operationId, at).toMatch(/^[a-z][A-Za-z]+$/);
        expect(operation.summary, at).toMatch(/^\S.*[^.]$/);
        const inPath = (operation.parameters ?? []).filter((parameter: Json) => parameter.in === 'path');
        expect(
          inPath.map(({ name }: Json) => `{${name}}`),
          at,
        ).toEqual(path.match(/\{\w+\}/g) ?? []);
        const isPublic = operation['x-keyway-access'] === 'public';
        expect(operation.security, at).toEqual(isPublic ? [] : [{ bearer: [] }]);
        expect(Object.keys(operation.responses).includes('401'), at).toBe(
          !isPublic || operation.operationId === 'signIn',
        );
        if (operation.requestBody !== undefined) expect(Object.keys(operation.responses), at).toContain('415');
      }
    }
  });

  it('points at nothing that it does not have', () => {
    const refs = JSON.stringify(document).match(/"\$ref":"[^"]*"/g) ?? [];
    expect(refs.length).toBeGreaterThan(20);
    for (const ref of refs) {
      const name = /^"\$ref":"#\/components\/schemas\/(\w+)"$/.exec(ref)?.[1];
      expect(Object.keys(document.components.schemas), ref).toContain(name);
    }
  });
});

describe('the reference page', async () => {
  const { call, url } = await demoServer();
  const hostsIn = (text: string): string[] => text.match(/(?:https?:)?\/\/[a-z0-9.-]+\.[a-z]{2,}/gi) ?? [];

  it('is served with its script from here, and may load nothing from anywhere else', async () => {
    const redirect = await call('GET', '/docs', { as: null });
    expect([redirect.status, redirect.headers.get('location')]).toEqual([301, `${url}/docs/`]);
    const page = await call('GET', '/docs/', { as: null });
    expect(page.status).toBe(200);
    expect(hostsIn(page.body)).toEqual([]);
    const script = /<script src="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const loaded = await call('GET', new URL(script, `${url}/docs/`).pathname, { as: null });
    expect([loaded.status, loaded.headers.get('content-type')]).toEqual([200, 'application/javascript; charset=utf-8']);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(hostsIn(policy)).toEqual([]);
    expect(page.body).toContain('"url": "../v1/openapi.json"');
  });

  it('has a page of the error codes, each at the address that a problem’s type names', async () => {
    const refused = await call('GET', '/v1/records/nothing/1');
    expect(refused.body.type).toBe('/docs/errors#unknown_record_type');
    const page = await call('GET', '/docs/errors', { as: null });
    expect(page.body).toContain('<section id="unknown_record_type">');
    expect(hostsIn(page.body)).toEqual([]);
  });

  it('works under a workspace’s prefix', async () => {
    expect((await call('GET', '/w/Demo/docs', { as: null })).headers.get('location')).toBe(`${url}/w/Demo/docs/`);
    expect((await call('GET', '/w/Demo/docs/', { as: null })).status).toBe(200);
  });
});
