// Complete sets in XML, by the native API: the same as in JSON, and refused where they are no XML or no set.
import { request as open } from 'node:http';
import { describe, expect, it } from 'vitest';
import { amend, merged } from '../../../../test/steps.ts';
import { adminOf, demoServer, type Json, reasons } from '../test-client.ts';

describe('a complete set in XML', async () => {
  const { call, hub, url } = await demoServer();
  const gauges = {
    types: {
      gauge: {
        owner: 'external',
        fields: {
          name: { type: 'text', owner: 'external' },
          count: { type: 'integer', owner: 'external' },
          size: { type: 'decimal', scale: 2, owner: 'external' },
          is_open: { type: 'boolean', owner: 'external' },
          since: { type: 'date', owner: 'external' },
          note: { type: 'textarea', owner: 'external' },
          kind: { type: 'enum', options: [{ value: 'flow' }, { value: 'level' }], owner: 'external' },
          tags: { type: 'multi_enum', options: [{ value: 'a' }, { value: 'b; c' }, { value: 'd' }], owner: 'external' },
          site: { type: 'lookup', to: 'contact', inverse: 'gauges', owner: 'external' },
        },
      },
    },
    links: { 'gauge.keepers': { to: 'contact', inverse: 'kept', owner: 'external' } },
    interfaces: { gauges: { name: 'Gauges', type: 'gauge', guard: { deletes: null } } },
  };
  await amend(hub, await adminOf(hub), (current) => merged(current, gauges as never));
  for (const key of ['one', 'two'])
    await call('PATCH', `/v1/records/contact/external_id:${key}`, { body: { fields: {} } });

  const runs = '/v1/interfaces/gauges/runs';
  const send = (body: string, query = '', type = 'application/xml') =>
    call('POST', `${runs}${query}`, { body, headers: { 'content-type': type } });
  const rows = (...inner: string[]): string => `<rows>${inner.map((one) => `<row>${one}</row>`).join('')}</rows>`;
  const key = (text: string): string => `<external_id>${text}</external_id>`;
  const valuesOf = async (text: string): Promise<Json> =>
    (await call('GET', `/v1/records/gauge/external_id:${text}`)).body.fields;
  const linksOf = async (text: string): Promise<Json[]> =>
    (await call('GET', `/v1/records/gauge/external_id:${text}/links/keepers`)).body.items;

  const whole = `<?xml version="1.0" encoding="UTF-8"?>
<!-- every kind of value -->
<rows xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <row>
    ${key('A&amp;1')}
    <name><![CDATA[Pump <1>]]></name>
    <count> -12 </count>
    <size>1.5</size>
    <is_open>true</is_open>
    <since>2026-01-31</since>
    <note>  two
lines &#xe9;</note>
    <kind>flow</kind>
    <tags>a</tags><tags>b; c</tags>
    <site>external_id:one</site>
    <keepers>external_id:one</keepers>
    <keepers>external_id:two</keepers>
  </row>
  <row>${key('A2')}</row>
</rows>`;
  const asJson = [
    {
      ...{ external_id: 'A&1', name: 'Pump <1>', count: -12, size: 1.5, is_open: true, since: '2026-01-31' },
      ...{ note: '  two\nlines é', kind: 'flow', tags: ['a', 'b; c'], site: 'external_id:one' },
      keepers: ['external_id:one', 'external_id:two'],
    },
    { external_id: 'A2' },
  ];

  it('is applied with every kind of value, and unchanged as JSON', async () => {
    const { status, body } = await send(whole);
    expect([status, body.state]).toEqual([200, 'applied']);
    expect(body.counts).toMatchObject({ received: 2, created: 2, rejected: 0 });
    expect(await valuesOf('A&1')).toMatchObject({ count: -12, size: 1.5, tags: ['a', 'b; c'], note: '  two\nlines é' });
    expect(await linksOf('A&1')).toHaveLength(2);
    const again = await call('POST', runs, { body: asJson });
    expect(again.body.counts).toMatchObject({ received: 2, unchanged: 2, deleted: 0 });
    expect((await send(whole)).body.counts).toMatchObject({ received: 2, unchanged: 2 });
  });

  it('leaves what is left out, and clears what is empty or nil', async () => {
    await call('POST', runs, { body: asJson });
    await send(rows(`${key('A&amp;1')}<name/><kind></kind><size> </size><keepers/>`, key('A2')));
    expect(await valuesOf('A&1')).toMatchObject({
      name: null,
      kind: null,
      size: null,
      count: -12,
      tags: ['a', 'b; c'],
    });
    expect(await linksOf('A&1')).toEqual([]);
    await send(rows(`${key('A&amp;1')}<tags xsi:nil="true"/><count xsi:nil="1"/>`, key('A2')));
    expect(await valuesOf('A&1')).toMatchObject({ tags: null, count: null, is_open: true });
  });

  it('takes no text for a sign that clears, or for several values', async () => {
    await send(rows(`${key('T1')}<name>\\N</name><tags>d</tags><note>1</note>`));
    expect(await valuesOf('T1')).toMatchObject({ name: '\\N', tags: ['d'], note: '1' });
  });

  it('has an issue for each value that cannot be, and a member that is none', async () => {
    const { body } = await send(
      rows(`${key('I1')}<count>many</count>`, `${key('I2')}<nonsense>1</nonsense><kind>other</kind>`),
    );
    expect(body).toMatchObject({ state: 'partial', counts: { received: 2 } });
    const { items } = (await call('GET', `/v1/runs/${body.id}/issues`)).body;
    expect(items.map(({ code, key, member, value }: Json) => [code, key, member, value])).toEqual([
      ['invalid_value', 'I1', 'count', 'many'],
      ['unknown_member', 'I2', 'nonsense', '1'],
      ['value_not_an_option', 'I2', 'kind', 'other'],
    ]);
  });

  it('is of any age that it says, by row and as a whole', async () => {
    const stamped = (name: string, at: string): string =>
      `<rows><row as_of="${at}">${key('S1')}<name>${name}</name></row></rows>`;
    await send(stamped('new', '2026-02-01T00:00:00Z'));
    await send(stamped('old', '2026-01-01T00:00:00Z'));
    expect(await valuesOf('S1')).toMatchObject({ name: 'new' });
    expect(reasons(await send(stamped('bad', 'yesterday')))).toEqual([['set_malformed', '[0]']]);
  });

  it('deletes what is missing from it; empty it is a set of nothing', async () => {
    await send(rows(key('D1'), key('D2')));
    expect((await send(rows(key('D1')))).body.counts).toMatchObject({ unchanged: 1, deleted: 1 });
    expect((await send('<rows/>')).body.counts).toMatchObject({ received: 0, deleted: 1 });
  });

  it('is planned, queued, kept and replayed as any other', async () => {
    const body = rows(`${key('P1')}<count>1</count>`, `${key('P2')}<count>x</count>`);
    const plan = await send(body, '?plan=true');
    expect(plan.body.counts).toMatchObject({ received: 2, created: 2 });
    const run = (await send(body, `?plan_id=${plan.body.plan_id}`)).body;
    expect(run.state).toBe('partial');
    const kept = (await call('GET', `/v1/runs/${run.id}/elements`)).body.items;
    expect(kept).toMatchObject([
      { key: 'P1', row: { external_id: 'P1', count: 1 }, source: `<row>${key('P1')}<count>1</count></row>` },
      { key: 'P2', row: { external_id: 'P2', count: 'x' } },
    ]);
    const queued = await send(rows(`${key('P1')}<count>2</count>`), '?wait=0');
    expect(queued.status).toBe(202);
    await expect.poll(async () => (await call('GET', `/v1/runs/${queued.body.id}`)).body.state).toBe('applied');
    const failed = (await send(rows(`${key('P1')}<count>y</count>`, key('P3')))).body;
    const mended = await call('POST', `/v1/runs/${failed.id}/replay`, {
      body: rows(`${key('P1')}<count>3</count>`),
      headers: { 'content-type': 'application/xml' },
    });
    expect(mended.body.counts).toMatchObject({ received: 1, updated: 1 });
    expect(await valuesOf('P1')).toMatchObject({ count: 3 });
  });

  it.each([
    ['no XML', 'external_id,name', null, 'not XML'],
    ['nothing', '', null, 'not XML'],
    ['an end that is missing', '<rows><row><external_id>X</external_id></row>', null, 'not XML'],
    ['two roots', '<rows/><rows/>', null, 'not XML'],
    ['an unknown entity', rows(`${key('X')}<name>&nbsp;</name>`), null, 'not XML'],
    ['a character that XML has not', rows(`${key('X')}<name>&#0;</name>`), null, 'not XML'],
    ['a document type', '<!DOCTYPE rows><rows/>', null, 'document type'],
    [
      'an entity that is a file',
      `<!DOCTYPE rows [<!ENTITY f SYSTEM "file:///etc/passwd">]><rows><row>${key('&f;')}</row></rows>`,
      null,
      'document type',
    ],
    [
      'entities of entities',
      `<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rows><row>${key('&b;')}</row></rows>`,
      null,
      'document type',
    ],
    ['another document', '<html><body>502 Bad Gateway</body></html>', null, 'must be <rows>, not <html>'],
    ['another document that is empty', '<error/>', null, 'must be <rows>, not <error>'],
    ['something else than rows', `<rows><element>${key('X')}</element></rows>`, '[0]', 'must hold <row>'],
    ['text between rows', '<rows>text</rows>', '[0]', 'Text where only elements'],
    ['text in a row', rows(`${key('X')}text`), '[0]', 'Text where only elements'],
    ['no key', rows('<name>X</name>'), '[0]', 'Every row needs its key'],
    ['an empty key', rows(key('')), '[0]', 'Every row needs its key'],
    ['an attribute', rows(`${key('X')}<name lang="en">X</name>`), '[0].name', 'attribute lang'],
    ['an attribute of a row', `<rows><row id="X">${key('X')}</row></rows>`, '[0]', 'attribute id'],
    ['an attribute of the root', `<rows count="1"><row>${key('X')}</row></rows>`, null, 'attribute count'],
    ['elements in a value', rows(`${key('X')}<name><b>X</b></name>`), '[0].name', 'holds no elements'],
    ['a value twice', rows(`${key('X')}<name>X</name><name>Y</name>`), '[0].name', 'given twice'],
    ['a key twice', rows(`${key('X')}${key('Y')}`), '[0].external_id', 'given twice'],
    ['a value that is nil', rows(`${key('X')}<name xsi:nil="true">X</name>`), '[0].name', 'nil'],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><rows/>', null, 'UTF-8, not as ISO-8859-1'],
    ['a depth that is an attack', rows(`${key('X')}<a>${'<a>'.repeat(100_000)}`), '[0]', 'Nested deeper than 32'],
    ['an element without an end', `<rows><row><name>${'x'.repeat(3_000_000)}`, '[0]', 'larger than 1,048,576 bytes'],
    [
      'an element of many bytes',
      rows(`${key('X')}<name>${'€'.repeat(400_000)}</name>`),
      '[0]',
      'larger than 1,048,576',
    ],
    ['a comment without an end', `<rows><!--${'<'.repeat(3_000_000)}`, '[0]', 'larger than 1,048,576 bytes'],
    ['such text', `<rows><![CDATA[${'<'.repeat(3_000_000)}`, '[0]', 'larger than 1,048,576 bytes'],
    ['such an instruction', `<rows><?x ${'<'.repeat(3_000_000)}`, '[0]', 'larger than 1,048,576 bytes'],
    ['such a document type', `<!DOCTYPE a [${'<!-- -->'.repeat(400_000)}`, null, 'larger than 1,048,576 bytes'],
  ])('is refused for %s, as a whole', async (_, body, path, message) => {
    await send(rows(key('kept')));
    const answer = await send(body);
    expect([answer.status, ...reasons(answer)]).toEqual([400, ['set_malformed', path]]);
    expect(answer.body.detail).toContain(message);
    expect(JSON.stringify(answer.body)).not.toContain('root:');
    expect((await call('GET', '/v1/records/gauge/external_id:kept')).status).toBe(200);
    const [failed] = (await call('GET', `${runs}?limit=1`)).body.items;
    expect(failed).toMatchObject({ state: 'failed', failure: expect.stringContaining(message) });
  });

  it('may have any number of comments between its rows', async () => {
    const many = '<!-- a row --><?note?>\n'.repeat(50_000);
    const { body } = await send(`${many}<rows>${many}<row>${key('X')}</row>${many}</rows>${many}`);
    expect(body).toMatchObject({ state: 'applied', counts: { received: 1 } });
  });

  it('is told of the first rows that are none, not one after the other', async () => {
    const answer = await send(rows(key('X'), '<name>1</name>', `${key('Y')}<name><b/></name>`, '<name>2</name>'));
    expect(reasons(answer)).toEqual([
      ['set_malformed', '[1]'],
      ['set_malformed', '[2].name'],
      ['set_malformed', '[3]'],
    ]);
  });

  it('that is not UTF-8 is refused, and one that ends early changes nothing', async () => {
    await send(rows(key('kept')));
    const latin = Buffer.from(rows(`${key('X')}<name>é</name>`), 'latin1');
    const headers = { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/xml' };
    const answer = await fetch(`${url}${runs}`, { method: 'POST', headers, body: latin });
    expect((await answer.json()) as Json).toMatchObject({
      code: 'set_malformed',
      detail: expect.stringContaining('UTF-8'),
    });
    const sender = open(`${url}${runs}`, { method: 'POST', headers });
    sender.on('error', () => {});
    sender.write(`<rows><row>${key('X')}</row>`);
    await expect.poll(async () => (await call('GET', `${runs}?limit=1`)).body.items[0].state).toBe('received');
    sender.destroy();
    await expect.poll(async () => (await call('GET', `${runs}?limit=1`)).body.items[0].state).toBe('failed');
    expect((await call('GET', '/v1/records/gauge/external_id:kept')).status).toBe(200);
  });

  it('is cut anywhere into pieces, and is the same', async () => {
    await send('<rows/>');
    const bytes = Buffer.from(whole);
    const headers = { authorization: 'Bearer kw_demo_admin', 'content-type': 'text/xml; charset=utf-8' };
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
    }
    const { ReadableStream } = globalThis;
    const sent = { method: 'POST', headers, body: ReadableStream.from(pieces()), duplex: 'half' } as RequestInit;
    const run = (await (await fetch(`${url}${runs}`, sent)).json()) as Json;
    expect(run.counts).toMatchObject({ received: 2, rejected: 0 });
    expect((await call('POST', runs, { body: asJson })).body.counts).toMatchObject({ unchanged: 2 });
  });

  it('is taken only by an interface that says so, and by no import', async () => {
    await call('PATCH', '/v1/interfaces/gauges', { body: { formats: ['json', 'csv'] } });
    const refused = await send('<rows/>');
    expect([refused.status, refused.body.code, refused.body.violations[0].allowed]).toEqual([
      415,
      'format_not_taken',
      ['json', 'csv'],
    ]);
    await call('PATCH', '/v1/interfaces/gauges', { body: { formats: ['xml'] } });
    expect((await send('<rows/>')).status).toBe(200);
    expect((await call('POST', runs, { body: [] })).body.code).toBe('format_not_taken');
    const headers = { 'content-type': 'application/xml' };
    const imported = await call('POST', '/v1/records/gauge/import', { body: '<rows/>', headers });
    expect([imported.status, imported.body.code]).toEqual([415, 'unsupported_media_type']);
  });
});
