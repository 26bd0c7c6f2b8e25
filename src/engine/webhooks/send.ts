/** One attempt to deliver: a POST to exactly the address that was checked, without redirects, bounded in time and size. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { shorten, storableText } from '../../model/text.ts';
import { AddressRefused, flawOfUrl, hostOf, type Lookup, publicAddresses } from './address.ts';

export type SendOptions = {
  readonly allowPrivate: boolean;
  readonly lookup: Lookup;
  /** For all of it, from the name to the end of the answer. */
  readonly timeoutMs: number;
};

export type Attempt = {
  readonly ok: boolean;
  readonly status: number | null;
  readonly answer: string | null;
  readonly failure: string | null;
  readonly retryAfterMs: number | null;
};

const mostAnswerBytes = 16_384;
const keptCharacters = 500;

export async function send(
  address: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  options: SendOptions,
): Promise<Attempt> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error(`No answer within ${options.timeoutMs} ms.`)), options.timeoutMs);
  try {
    const flaw = flawOfUrl(address, options);
    if (flaw !== undefined) throw new AddressRefused(flaw);
    const response = await post(new URL(address), headers, body, options, stop.signal);
    return await attemptOf(response, stop.signal);
  } catch (error) {
    const cause = stop.signal.aborted ? stop.signal.reason : error;
    return { ok: false, status: null, answer: null, failure: reasonOf(cause), retryAfterMs: null };
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  { allowPrivate, lookup }: SendOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const bytes = Buffer.from(body);
  // The name is resolved here and nowhere else, anew at each attempt: the connection goes to what was checked.
  const checked: LookupFunction = (hostname, { all }, callback) => {
    const found = allowPrivate ? lookup(hostname) : publicAddresses(hostname, lookup);
    found.then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) callback(new Error(`${hostname} has no address.`), '', 4);
        else if (all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error) => callback(error, '', 4),
    );
  };
  const options = {
    method: 'POST',
    headers: { ...headers, 'content-length': bytes.length, connection: 'close' },
    agent: false as const,
    lookup: checked,
    maxHeaderSize: mostAnswerBytes,
    signal,
    ...(isIP(hostOf(url)) !== 0 && { host: hostOf(url) }),
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, resolve);
    request.on('error', reject);
    request.end(bytes);
  });
}

/** The status decides; of the body only the beginning is of interest, and an endless one is cut. */
async function attemptOf(response: IncomingMessage, signal: AbortSignal): Promise<Attempt> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      pieces.push(piece);
      size += piece.length;
      if (size >= mostAnswerBytes) break;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    response.destroy();
  }
  const status = response.statusCode ?? 0;
  const ok = status >= 200 && status < 300;
  const text = Buffer.concat(pieces).toString('utf8');
  const seconds = /^\d{1,6}$/.exec(response.headers['retry-after'] ?? '')?.[0];
  return {
    ok,
    status,
    answer: storableText(shorten(text, keptCharacters)),
    failure: ok ? null : `The receiver answered ${status}.`,
    retryAfterMs: seconds === undefined ? null : Number(seconds) * 1000,
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  const text = error instanceof Error ? (inWords(error) ?? error.message) : String(error);
  return storableText(shorten(text === '' ? 'The connection failed.' : text, keptCharacters));
}

/** What the system has a name of its own for, as whoever looks after the receiver says it. */
function inWords({ code, hostname, port }: NodeJS.ErrnoException & { hostname?: string; port?: number }) {
  switch (code) {
    case 'ENOTFOUND':
      return `The name ${hostname} is not found.`;
    case 'EAI_AGAIN':
      return `The name ${hostname} could not be looked up.`;
    case 'ECONNREFUSED':
      return `The receiver takes no connections at port ${port}.`;
    case 'ECONNRESET':
    case 'EPIPE':
      return 'The receiver broke off the connection.';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'The receiver cannot be reached.';
    default:
      return undefined;
  }
}
