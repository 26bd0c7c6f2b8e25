import { describe, expect, it } from 'vitest';
import { type Answer, demoServer, errorOf, type Json, records } from '../test-client.ts';

describe('lists', async () => {
  const { send, origin } = await demoServer({ types: { job: {} } });
  const get = (path: string): Promise<Answer> => send('GET', `${records}/${path}`);
  for (const name of ['j1', 'j2', 'j3', 'j4', 'j5']) await send('PUT', `${records}/job/eid:${name}`);
  const href = `${origin}${records}/job`;

  it('holds references only, with links to itself and the pages around it', async () => {
    const all = (await get('job')).body;
    const ids: string[] = all.items.map((item: Json) => item.id);
    expect(all).toEqual({
      links: [{ rel: 'self', href }],
      count: 5,
      hasMore: false,
      items: ids.map((id) => ({ links: [{ rel: 'self', href: `${href}/${id}` }], id })),
      offset: 0,
      totalResults: 5,
    });
    const page = await get('job?limit=2&offset=2');
    expect(page.headers.get('content-type')).toBe('application/vnd.oracle.resource+json; type=collection');
    expect(page.body).toMatchObject({ count: 2, hasMore: true, offset: 2, totalResults: 5 });
    expect(page.body.items.map((item: Json) => item.id)).toEqual(ids.slice(2, 4));
    expect(Object.fromEntries(page.body.links.map((link: Json) => [link.rel, link.href]))).toEqual({
      next: `${href}?limit=2&offset=4`,
      last: `${href}?limit=2&offset=4`,
      prev: `${href}?limit=2&offset=0`,
      first: `${href}?limit=2&offset=0`,
      self: `${href}?limit=2&offset=2`,
    });
  });

  it('can be walked by its links to the end', async () => {
    const seen: string[] = [];
    let next: string | undefined = `${href}?limit=2`;
    while (next !== undefined) {
      const { body }: Answer = await send('GET', next.slice(origin.length));
      seen.push(...body.items.map((item: Json) => item.id));
      next = body.links.find((link: Json) => link.rel === 'next')?.href;
    }
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
  });

  it('is empty beyond its end', async () => {
    for (const offset of [6, 1000]) {
      expect((await get(`job?limit=2&offset=${offset}`)).body).toMatchObject({
        count: 0,
        hasMore: false,
        items: [],
        totalResults: 5,
      });
    }
  });

  it('takes a slash at the end, and the type in any case', async () => {
    for (const path of ['job/', 'JOB', 'Job/?limit=5']) expect((await get(path)).body.totalResults).toBe(5);
    expect((await get('JOB')).body.links[0].href).toBe(href);
  });

  it('refuses parameters that it cannot follow', async () => {
    for (const [query, parameter] of [
      ['limit=0', 'limit'],
      ['limit=1001', 'limit'],
      ['limit=-1', 'limit'],
      ['limit=two', 'limit'],
      ['limit=', 'limit'],
      ['limit=2&limit=3', 'limit'],
      ['limit=2&offset=3', 'offset'],
      ['offset=5', 'offset'],
      ['offset=-2', 'offset'],
      ['ids=1,2', 'expandRecords'],
      ['expandRecords=true', 'expandRecords'],
    ]) {
      expect(errorOf(await get(`job?${query}`))).toMatchObject({
        status: 400,
        'o:errorCode': 'INVALID_PARAMETER',
        'o:errorQueryParam': parameter,
      });
    }
  });

  it('builds addresses with the workspace that the client named', async () => {
    const { body } = await send('GET', `/w/Demo${records}/job?limit=1`);
    expect(body.items[0].links[0].href).toMatch(`${origin}/w/Demo${records}/job/`);
  });

  describe('contact roles', () => {
    it('are records that can be read', async () => {
      const { body } = await get('contactRole?limit=1');
      expect(body).toMatchObject({ count: 1, hasMore: true, totalResults: 4 });
      expect(body.items[0]).toEqual({
        links: [{ rel: 'self', href: `${origin}${records}/contactRole/-10` }],
        id: '-10',
      });
      expect((await get('CONTACTROLE/-10')).body).toEqual({
        links: [{ rel: 'self', href: `${origin}${records}/contactRole/-10` }],
        id: '-10',
        name: 'Primary Contact',
        externalId: 'primary',
        isInactive: false,
      });
      expect((await get('contactRole/eid:family')).body).toMatchObject({ id: '1', name: 'Family' });
    });

    it('answer 404 for one that is not there, and 405 for every change', async () => {
      for (const id of ['77', 'eid:nobody']) {
        expect(errorOf(await get(`contactRole/${id}`))).toMatchObject({ status: 404, 'o:errorCode': 'NONEXISTENT_ID' });
      }
      for (const [method, path] of [
        ['POST', 'contactRole'],
        ['PATCH', 'contactRole/-10'],
        ['PUT', 'contactRole/eid:x'],
        ['DELETE', 'contactRole/-10'],
      ] as const) {
        const answer = await send(method, `${records}/${path}`);
        expect(errorOf(answer)).toMatchObject({ status: 405, 'o:errorCode': 'METHOD_NOT_ALLOWED' });
        expect(answer.headers.get('allow')).toBe('GET');
      }
    });
  });
});
