import { describe, expect, it } from 'vitest';
import { type Answer, demoServer, errorOf, records, type Signing, signed } from '../test-client.ts';

const now = (): number => Math.floor(Date.now() / 1000);

describe('credentials', async () => {
  const { send, origin, hub } = await demoServer();
  const serverTime = '/services/rest/system/v1/serverTime';

  const get = (path: string, signing: Signing = {}): Promise<Answer> =>
    send('GET', path, { authorization: signed('GET', `${origin}${path}`, signing) });
  const refused = (answer: Answer, scheme: string): void => {
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toBe('application/vnd.oracle.resource+json; type=error');
    expect(answer.headers.get('www-authenticate')).toContain(scheme);
    expect(answer.body).toEqual({
      type: 'https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.2',
      title: 'Unauthorized',
      status: 401,
      'o:errorDetails': [
        {
          detail:
            'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.',
          'o:errorCode': 'INVALID_LOGIN',
        },
      ],
    });
  };

  describe('token-based authentication', () => {
    it('lets in who signs, whatever is in path and query', async () => {
      expect((await get(serverTime)).status).toBe(200);
      expect((await get(`${records}/customer?limit=2&offset=0`)).status).toBe(200);
      expect((await get(`${records}/customer/eid%3AJOHN_DOE42?fields=entityId%2Cemail`)).status).toBe(200);
      expect((await get(`${records}/customer/eid:a%2Fb%2Bc%25d%20%C3%A9(x)'*!`)).status).toBe(404);
      expect((await get(`/w/Demo${records}/customer/660`)).status).toBe(200);
    });

    it('takes the account in any case, and - for _', async () => {
      for (const realm of ['KEYWAY_DEMO', 'keyway_demo', 'keyway-demo']) {
        expect((await get(serverTime, { realm })).status).toBe(200);
      }
      for (const realm of ['KEYWAY_DEM', 'DEMO', '1234567_SB1'])
        refused(await get(serverTime, { realm }), `OAuth realm="${realm}"`);
    });

    it('refuses wrong keys and secrets alike', async () => {
      for (const signing of [
        { consumer: ['kw_demo_ck', 'wrong'] },
        { consumer: ['wrong', 'kw_demo_cs'] },
        { token: ['kw_demo_tk', 'wrong'] },
        { token: ['wrong', 'kw_demo_ts'] },
      ] satisfies Signing[]) {
        refused(await get(serverTime, signing), 'OAuth realm="KEYWAY_DEMO"');
      }
    });

    it('refuses HMAC-SHA1', async () => {
      refused(await get(serverTime, { method: 'HMAC-SHA1' }), 'OAuth');
    });

    it('takes timestamps within 300 seconds of its clock and no others', async () => {
      for (const timestamp of [now() - 290, now() + 290])
        expect((await get(serverTime, { timestamp })).status).toBe(200);
      for (const timestamp of [now() - 310, now() + 310, 0]) refused(await get(serverTime, { timestamp }), 'OAuth');
    });

    it('takes a nonce once', async () => {
      const once = { nonce: 'replayed', timestamp: now() };
      expect((await get(serverTime, once)).status).toBe(200);
      refused(await get(serverTime, once), 'OAuth');
      refused(await get(`${records}/customer`, once), 'OAuth');
      expect((await get(serverTime, { ...once, timestamp: once.timestamp - 1 })).status).toBe(200);
    });

    it('lets one of many simultaneous uses of a nonce pass', async () => {
      const once = { nonce: 'raced', timestamp: now() };
      const answers = await Promise.all(Array.from({ length: 12 }, () => get(serverTime, once)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    });

    it('does not use up a nonce that somebody else signed wrongly', async () => {
      const nonce = { nonce: 'guessed', timestamp: now() };
      refused(await get(serverTime, { ...nonce, token: ['kw_demo_tk', 'wrong'] }), 'OAuth');
      expect((await get(serverTime, nonce)).status).toBe(200);
    });

    it('refuses a signature made for another request', async () => {
      const authorization = signed('GET', `${origin}${records}/customer/660`);
      refused(await send('DELETE', `${records}/customer/660`, { authorization }), 'OAuth');
      refused(await send('GET', `${records}/customer/660?fields=email`, { authorization }), 'OAuth');
      refused(await send('GET', `${records}/customer/661`, { authorization }), 'OAuth');
    });

    it('refuses headers that are no signatures', async () => {
      for (const authorization of [
        'OAuth',
        'OAuth ',
        'OAuth realm="KEYWAY_DEMO"',
        'OAuth x',
        'OAuth oauth_nonce="%"',
      ]) {
        refused(await send('GET', serverTime, { authorization }), 'realm=');
      }
      const whole = signed('GET', `${origin}${serverTime}`);
      for (const name of ['realm', 'oauth_token', 'oauth_nonce', 'oauth_timestamp', 'oauth_signature']) {
        refused(
          await send('GET', serverTime, { authorization: whole.replace(new RegExp(`${name}="[^"]*",? ?`), '') }),
          'OAuth',
        );
      }
      refused(await get(serverTime, { nonce: 'n'.repeat(257) }), 'OAuth');
    });
  });

  describe('an API key as bearer token', () => {
    it('lets in who has one', async () => {
      const answer = await send('GET', serverTime, { authorization: 'bearer kw_demo_member' });
      expect(answer.status).toBe(200);
      expect(Math.abs(Date.parse(answer.body.serverTime) - Date.now())).toBeLessThan(60_000);
    });

    it('refuses an unknown one, and says so in the challenge', async () => {
      const answer = await send('GET', serverTime, { authorization: 'Bearer wrong' });
      refused(answer, 'error="invalid_token", error_description="Invalid login attempt."');
    });

    it('calls a header without a token malformed', async () => {
      for (const authorization of ['Bearer', 'Bearer a b', 'Bearer "x"']) {
        const answer = await send('GET', serverTime, { authorization });
        expect(errorOf(answer)).toMatchObject({ status: 400, 'o:errorHeader': 'Authorization' });
        expect(answer.headers.get('www-authenticate')).toContain('error="invalid_request"');
      }
    });

    it('refuses everybody else, before looking at the request', async () => {
      refused(await send('GET', serverTime, { authorization: null }), 'OAuth realm=');
      refused(await send('GET', serverTime, { authorization: 'Basic YTpi' }), 'Bearer realm=');
      refused(await send('POST', `${records}/nothing`, { authorization: null, body: '{' }), 'OAuth realm=');
    });
  });

  it('opens its own workspace and no other', async () => {
    const made = await hub.workspaces.create({ name: 'Other' });
    if (made.kind !== 'created') throw new Error('The workspace is there already.');
    const theirs = { authorization: `Bearer ${made.adminKey}` };
    expect((await send('GET', serverTime, theirs)).status).toBe(200);
    expect((await send('GET', `/w/Other${serverTime}`, theirs)).status).toBe(200);
    expect((await send('GET', `${records}/customer/660`, theirs)).status).toBe(404);
    refused(await send('GET', `/w/Demo${serverTime}`, theirs), 'Bearer');
    refused(await send('GET', `/w/Other${serverTime}`), 'Bearer');
    refused(await get(`/w/Other${serverTime}`), 'OAuth');
    refused(await get(serverTime, { realm: 'KEYWAY_OTHER' }), 'OAuth');
  });

  it('answers the ping of clients without credentials', async () => {
    const answer = await send('OPTIONS', '/services/rest/*', { authorization: null });
    expect(answer).toMatchObject({ status: 204, body: undefined });
  });
});
