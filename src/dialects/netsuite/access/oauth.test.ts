import { describe, expect, it } from 'vitest';
import { parseOAuthHeader, sameSignature, signatureOf } from './oauth.ts';

type Vector = {
  method: string;
  url: string;
  consumer: { key: string; secret: string };
  token: { key: string; secret: string };
  nonce: string;
  timestamp: number;
  signature: string;
};

const ours = {
  consumer: { key: 'ck-demo', secret: 'cs-demo' },
  token: { key: 'tk-demo', secret: 'ts-demo' },
  nonce: 'n0nceN0nceN0nceN0nce',
  timestamp: 1_700_000_000,
};

const vectors: Record<string, Vector> = {
  "the example of the vendor's help": {
    method: 'GET',
    url: 'https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40',
    consumer: {
      key: 'ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4',
      secret: 'd26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5',
    },
    token: {
      key: '2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc',
      secret: 'c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295',
    },
    nonce: 'fjaLirsIcCGVZWzBX0pg',
    timestamp: 1_508_242_306,
    signature: 'B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY=',
  },
  'a path with ! and :': {
    ...ours,
    method: 'POST',
    url: 'http://127.0.0.1:8080/services/rest/record/v1/customer/eid:ACME-1/!attach/contact/eid:ANN-7',
    signature: 'KXuMjJ0VczkqTQGBkDug4uCieO7Zscv1FPym966VrEc=',
  },
  'a query': {
    ...ours,
    method: 'GET',
    url: 'http://127.0.0.1:8080/services/rest/record/v1/customer?q=email%20START_WITH%20%22b%22&limit=2',
    signature: 'rskW7GPqZGABJdSnoxcGzXr+ocyi3vBEH6eWttHMmU8=',
  },
};

function sign({ method, url, consumer, token, nonce, timestamp }: Vector): string {
  const { origin } = new URL(url);
  const parameters = new Map([
    ['realm', 'not signed'],
    ['oauth_consumer_key', consumer.key],
    ['oauth_token', token.key],
    ['oauth_nonce', nonce],
    ['oauth_timestamp', String(timestamp)],
    ['oauth_signature_method', 'HMAC-SHA256'],
    ['oauth_version', '1.0'],
    ['oauth_signature', 'not signed either'],
  ]);
  const request = { method, origin, rawUrl: url.slice(origin.length), parameters };
  return signatureOf(request, { consumer: consumer.secret, token: token.secret });
}

describe('signatures of token-based authentication', () => {
  for (const [name, vector] of Object.entries(vectors)) {
    it(`gives the published signature for ${name}`, () => {
      expect(sign(vector)).toBe(vector.signature);
    });
  }

  it('differs for every part that is signed', () => {
    const vector = vectors['a query'] as Vector;
    const changed: Vector[] = [
      { ...vector, method: 'POST' },
      { ...vector, url: vector.url.replace('customer', 'contact') },
      { ...vector, url: vector.url.replace('limit=2', 'limit=3') },
      { ...vector, nonce: 'another' },
      { ...vector, timestamp: vector.timestamp + 1 },
      { ...vector, consumer: { ...vector.consumer, secret: 'another' } },
      { ...vector, token: { ...vector.token, secret: 'another' } },
    ];
    expect(new Set([vector, ...changed].map(sign)).size).toBe(8);
  });

  it('signs a path as it was sent, and does not decode it', () => {
    const vector = vectors['a path with ! and :'] as Vector;
    expect(sign({ ...vector, url: vector.url.replace('!', '%21') })).not.toBe(vector.signature);
  });

  it('sorts parameters by name and then by value, and reads + as a space', () => {
    const vector = vectors['a query'] as Vector;
    const at = (query: string): string => sign({ ...vector, url: `http://127.0.0.1:8080/services/rest/x?${query}` });
    expect(at('b=2&a=%20&b=1')).toBe(at('a=+&b=1&b=2'));
  });

  it('compares whole signatures', () => {
    expect(sameSignature('abc=', 'abc=')).toBe(true);
    expect(sameSignature('abc=', 'abd=')).toBe(false);
    expect(sameSignature('abc', 'abc=')).toBe(false);
    expect(sameSignature('', 'abc=')).toBe(false);
  });
});

describe('the Authorization header', () => {
  it('gives its parameters, decoded', () => {
    const read = parseOAuthHeader('realm="KEYWAY_DEMO",oauth_token="a%2Bb",\toauth_signature="x%3D" , oauth_nonce=""');
    expect(read && Object.fromEntries(read)).toEqual({
      realm: 'KEYWAY_DEMO',
      oauth_token: 'a+b',
      oauth_signature: 'x=',
      oauth_nonce: '',
    });
  });

  for (const text of [
    '',
    'realm',
    'realm=x',
    'realm="a" oauth_token="b"',
    'oauth_token="a",oauth_token="b"',
    'realm="a',
  ]) {
    it(`is not read as credentials when it is: ${text || '(empty)'}`, () => {
      expect(parseOAuthHeader(text)).toBeUndefined();
    });
  }
});
