// A body that is no complete set: all that is wrong with it is told at once, and the run that failed says the same.
import { describe, expect, it } from 'vitest';
import { demoServer, type Json } from '../test-client.ts';

const runs = '/v1/interfaces/myendpoint/runs';

describe('a set that is refused for its structure', async () => {
  const { call, url } = await demoServer();
  const submit = (type: string, body: string, query = '') =>
    call('POST', `${runs}${query}`, { body, headers: { 'content-type': type } });
  const json = (rows: unknown, query = '') => submit('application/json', JSON.stringify(rows), query);
  const faults = ({ body }: { body: Json }) => body.violations.map(({ code, path }: Json) => [code, path]);
  const failedRun = async (location: string | null) => {
    expect(location).toMatch(new RegExp(`^${url}/v1/runs/`));
    return (await call('GET', (location ?? '').slice(url.length))).body;
  };

  it.each([
    [
      'JSON',
      'application/json',
      '[{"external_id":"E-1"},{"name":"no key"},{"external_id":"E-2"},7,{"external_id":""}]',
    ],
    [
      'NDJSON',
      'application/x-ndjson',
      '{"external_id":"E-1"}\n{"name":"no key"}\n{"external_id":"E-2"}\n{"external_id\n[]',
    ],
    ['CSV', 'text/csv', 'external_id,name\nE-1,one\n,no key\nE-2,two\n,\n,three\n'],
  ])('in %s is told each element that cannot be read, as is the run', async (_, type, body) => {
    const answer = await submit(type, body);
    expect(answer.status).toBe(400);
    expect(faults(answer)).toEqual(['[1]', '[3]', '[4]'].map((path) => ['set_malformed', path]));
    const run = await failedRun(answer.headers.get('location'));
    expect(run).toMatchObject({ state: 'failed', counts: { created: 0 } });
    expect(run.failure.split('\n')).toEqual(
      answer.body.violations.map(({ path, message }: Json) => `${path}: ${message}`),
    );
    expect(answer.body.violations[0].run).toBe(run.id);
    expect((await call('GET', '/v1/records/element')).body.items).toEqual([]);
  });

  it('is one with a member twice in a row, of which either may be meant, in any format', async () => {
    for (const [type, body, path] of [
      ['application/json', '[{"external_id":"E-1"},{"external_id":"E-2","external_id":"E-3"}]', '[1]'],
      ['application/x-ndjson', '{"external_id":"E-1","name":"a","name":"a"}', '[0]'],
      ['text/csv', 'external_id,name,name\nE-1,a,b\n', null],
      [
        'application/xml',
        '<rows><row><external_id>E-1</external_id><name>a</name><name>b</name></row></rows>',
        '[0].name',
      ],
    ] as const) {
      const answer = await submit(type, body);
      expect(faults(answer)).toEqual([['set_malformed', path]]);
      expect(answer.body.detail).toContain('twice');
    }
  });

  it('is looked through as far as it can be read', async () => {
    const cut = await submit('application/x-ndjson', `{"name":"no key"}\n{"external_id":"E-1"}\n{"external_id":`);
    expect(faults(cut)).toEqual(['[0]', '[2]'].map((path) => ['set_malformed', path]));
    const open = await submit('application/json', '[{"name":"no key"},{"external_id":"E-1"}');
    expect(faults(open)).toEqual([['set_malformed', '[0]']]);
  });

  it('is told twenty faults at most, over however many pieces it comes', async () => {
    const rows = Array.from({ length: 30_000 }, (_, place) =>
      place % 1_000 === 999 ? { name: 'no key' } : { external_id: `E-${place}` },
    );
    const answer = await json(rows);
    expect(faults(answer)).toEqual(
      Array.from({ length: 20 }, (_, fault) => ['set_malformed', `[${fault * 1_000 + 999}]`]),
    );
  });

  it('is told so when it would have to be queued, and by its plan, which has no run', async () => {
    const rows = [{ external_id: '' }, { external_id: 'x'.repeat(600) }];
    const queued = await json(rows, '?wait=0');
    expect(faults(queued)).toEqual(['[0]', '[1]'].map((path) => ['set_malformed', path]));
    expect((await failedRun(queued.headers.get('location'))).state).toBe('failed');
    const planned = await json(rows, '?plan=true');
    expect(faults(planned)).toEqual(faults(queued));
    expect([planned.headers.get('location'), planned.body.violations[0].run]).toEqual([null, undefined]);
  });

  it.each([
    ['a body that is cut off', 'application/json', '[{"external_id":"E-1"}', '', 'malformed_body'],
    ['a line of CSV that is too long', 'text/csv', 'external_id,name\nE-1,one\nE-2,two,more\n', '', 'set_malformed'],
    ['a scope that is not possible', 'application/json', '[]', '?scope[colour]=red', 'scope_not_possible'],
    ['a time to come', 'application/json', '[]', '?as_of=2999-01-01T00:00:00Z', 'stamp_ahead'],
  ])('has the address of its run: %s', async (_, type, body, query, code) => {
    const answer = await submit(type, body, query);
    expect(answer.body.code).toBe(code);
    if (type === 'text/csv') expect(answer.body.path).toBe('[1]');
    const run = await failedRun(answer.headers.get('location'));
    expect(run).toMatchObject({ id: answer.body.violations[0].run, state: 'failed' });
    expect(run.failure).toContain(answer.body.violations[0].message);
  });
});
