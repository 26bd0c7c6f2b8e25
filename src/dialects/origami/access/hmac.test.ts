import { describe, expect, it } from 'vitest';
import { parseSignatureDate, signatureMatches, signatureOf } from './hmac.ts';

const date = '2026-01-15 09:30:00 +00:00';
const post = { method: 'POST', contentType: 'application/json', date, pathAndQuery: '/OrigamiApi/api/Link/Upsert' };
const get = {
  method: 'GET',
  contentType: '',
  date,
  pathAndQuery: '/OrigamiApi/api/Link/Query?parentDomain=Claim&parentRecordID=5001',
};

describe('signature of a request', () => {
  it('is HMAC-SHA1 keyed with the API key over method, content type, date, path and secret', () => {
    expect(signatureOf(post, 'key-demo', 's3cr3t-demo')).toBe('lpHRRVgzOCrXeSxzOvp9+qClZ6Q=');
    expect(signatureOf(get, 'key-demo', 's3cr3t-demo')).toBe('fwvOcLXmTkWj1PTEhnbNdFEMmqw=');
  });

  it('matches only itself', () => {
    expect(signatureMatches(post, 'key-demo', 's3cr3t-demo', 'lpHRRVgzOCrXeSxzOvp9+qClZ6Q=')).toBe(true);
    expect(signatureMatches(post, 'key-demo', 's3cr3t-demo', 'lpHRRVgzOCrXeSxzOvp9+qClZ6Q')).toBe(false);
    expect(signatureMatches(post, 'key-demo', 'other', 'lpHRRVgzOCrXeSxzOvp9+qClZ6Q=')).toBe(false);
    expect(
      signatureMatches({ ...post, method: 'PUT' }, 'key-demo', 's3cr3t-demo', 'lpHRRVgzOCrXeSxzOvp9+qClZ6Q='),
    ).toBe(false);
  });
});

describe('date of a signed request', () => {
  it('has the offset from UTC, or is an HTTP date', () => {
    expect(parseSignatureDate('2018-10-10 22:57:40 -05:00')?.toISOString()).toBe('2018-10-11T03:57:40.000Z');
    expect(parseSignatureDate('Wed, 21 Oct 2026 07:28:00 GMT')?.toISOString()).toBe('2026-10-21T07:28:00.000Z');
  });

  it.each(['', '2018-10-10', '2018-10-10 22:57:40', '2018-13-10 22:57:40 +00:00', 'yesterday GMT'])(
    'is not %j',
    (text) => expect(parseSignatureDate(text)).toBeUndefined(),
  );
});
