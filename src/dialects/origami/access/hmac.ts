/** Requests that are signed instead of carrying a token. Source: the vendor's HMAC page; the body is not part of the signature. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export type SignedRequest = {
  readonly method: string;
  /** As sent; empty when the request has none. */
  readonly contentType: string;
  /** As sent: `x-api-date`, or the standard `Date` header without it. */
  readonly date: string;
  /** From the base path on, as sent: `/OrigamiApi/api/Link/Query?parentDomain=Claim`. */
  readonly pathAndQuery: string;
};

/** HMAC-SHA1 in base64. The key of the MAC is the API key, which is no secret; the secret is the end of the text it covers. */
export function signatureOf(request: SignedRequest, apiKey: string, secret: string): string {
  const { method, contentType, date, pathAndQuery } = request;
  return createHmac('sha1', apiKey)
    .update(`${method.toUpperCase()}${contentType}${date}${pathAndQuery}${secret}`, 'utf8')
    .digest('base64');
}

export function signatureMatches(request: SignedRequest, apiKey: string, secret: string, given: string): boolean {
  const expected = Buffer.from(signatureOf(request, apiKey, secret));
  const actual = Buffer.from(given);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

const vendorDate = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d\d:\d\d)$/;

/** `2018-10-10 22:57:40 -05:00`, or an HTTP date (`Wed, 21 Oct 2026 07:28:00 GMT`); undefined when it is neither. */
export function parseSignatureDate(text: string): Date | undefined {
  const parts = vendorDate.exec(text);
  if (parts === null && !/ GMT$/.test(text)) return undefined;
  const date = new Date(parts === null ? text : `${parts[1]}T${parts[2]}${parts[3]}`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
