// Sets in the form of this API, sent to the native one: a file that was made for the vendor.
import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../../../../test/fresh-server.ts';

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what a test finds out
type Json = any;

describe('a set in the form of Relatics, sent to the native API', async () => {
  const { url, close } = await freshServer();
  afterAll(close);
  const send = async (
    body: string,
    query: string,
    type = 'application/json',
  ): Promise<{ status: number; body: Json }> => {
    const answer = await fetch(`${url}/v1/interfaces/myendpoint/runs?${query}`, {
      method: 'POST',
      headers: { authorization: 'Bearer kw_demo_admin', 'content-type': type },
      body,
    });
    return { status: answer.status, body: await answer.json() };
  };
  const read = async (path: string): Promise<Json> =>
    (await fetch(`${url}${path}`, { headers: { authorization: 'Bearer kw_demo_admin' } })).json();
  const json = JSON.stringify({
    Elements: [
      { '@externalid': 'R-1', Name: 'Pump', Installed_x0020_on: '2024-03-07', Length: '81.5' },
      { '@externalid': 'R-2', Name: 'Valve', Length: 'long' },
    ],
  });
  const xml = `\uFEFF<?xml version="1.0"?><elements><Elements>
    <Element externalid="R-1"><Name>Pump</Name><Length>81.5</Length></Element></Elements></elements>`;

  it('is planned, and applied by its plan, with issues in its sender’s words', async () => {
    const plan = await send(json, 'form=relatics&plan=true');
    expect(plan.body).toMatchObject({ kind: 'set', counts: { received: 2, created: 2 }, run: { issues: 1 } });
    const run = await send(json, `form=relatics&plan_id=${plan.body.plan_id}`);
    expect(run.body).toMatchObject({ state: 'partial', via: 'native', counts: { received: 2, created: 2 }, issues: 1 });
    const { items } = await read(`/v1/runs/${run.body.id}/issues`);
    expect(items).toMatchObject([{ key: 'R-2', member: 'Length', path: 'Elements[1]' }]);
    expect((await read('/v1/records/element/external_id:R-1')).fields).toMatchObject({ name: 'Pump', length: 81.5 });
    const [kept] = (await read(`/v1/runs/${run.body.id}/elements`)).items;
    expect(kept.row).toMatchObject({ external_id: 'R-1', installed_on: '2024-03-07' });
  });

  it('is read from XML, and queued like any other', async () => {
    const { status, body } = await send(xml, 'form=relatics&wait=0', 'application/xml');
    expect(status).toBe(202);
    await expect.poll(async () => (await read(`/v1/runs/${body.id}`)).state).toBe('applied');
    expect((await read(`/v1/runs/${body.id}`)).counts).toMatchObject({ received: 1, deleted: 1 });
  });

  it('has a scope, as rows have', async () => {
    const run = await send(json, 'form=relatics&scope[length]=81.5');
    expect(run.body).toMatchObject({ scope: { length: '81.5' }, counts: { rejected: 1 } });
  });

  it('is refused where it is no such set, and nothing is written', async () => {
    const rows = await send('[{"external_id": "R-1"}]', 'form=relatics');
    expect([rows.status, rows.body.violations[0].message]).toEqual([
      400,
      expect.stringContaining('the one member Elements'),
    ]);
    expect((await read('/v1/records/element/external_id:R-1')).fields.name).toBe('Pump');
  });

  it('is refused in formats that its vendor has not, that the interface does not take, and in forms that nobody has', async () => {
    const csv = await send('external_id\n', 'form=relatics', 'text/csv');
    expect([csv.status, csv.body.violations[0].message]).toEqual([
      400,
      'The form relatics is JSON or XML: send its content-type, not csv.',
    ]);
    const other = await send(json, 'form=vendor');
    expect(other.body.violations[0]).toMatchObject({
      path: 'query.form',
      message: 'There is no form "vendor". Allowed: relatics.',
    });
    await fetch(`${url}/v1/interfaces/myendpoint`, {
      method: 'PATCH',
      headers: { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/json' },
      body: JSON.stringify({ formats: ['csv', 'json'] }),
    });
    expect((await send(xml, 'form=relatics', 'application/xml')).body.code).toBe('format_not_taken');
  });
});
