/** The requests that came, for tests to assert on. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Dialect } from '../dialects/contract.ts';
import { matcherOf, type RequestPattern } from './pattern.ts';
import { redactHeaders, redactText } from './redact.ts';

const kept = 1000;
const bodyLimitBytes = 16 * 1024;

/** A request as it is shown. */
export type JournalEntry = {
  readonly method: string;
  /** With its query, as sent. */
  readonly path: string;
  readonly dialect: string;
  readonly at: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Its first 16 KB, as text. */
  readonly body: string;
  readonly body_bytes: number;
  /** null: no answer was begun yet, or ever. */
  readonly status: number | null;
  /** The rule that it fell to. */
  readonly fault: string | null;
};

type Entry = {
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: string;
  readonly path: string;
  readonly dialect: string;
  readonly at: string;
  readonly chunks: Buffer[];
  bodyBytes: number;
  fault: string | null;
};

export class Journal {
  #entries: Entry[] = [];
  readonly #byRequest = new WeakMap<IncomingMessage, Entry>();

  /** @param routed the address without what the router never sees. */
  watch(
    server: Server,
    parts: {
      readonly routed: (raw: IncomingMessage) => string;
      readonly dialectOf: (url: string) => Dialect;
      readonly isExempt: (url: string) => boolean;
    },
  ): void {
    server.prependListener('request', (raw: IncomingMessage, response: ServerResponse) => {
      const url = parts.routed(raw);
      if (parts.isExempt(url)) return;
      this.#add({
        raw,
        response,
        url,
        path: raw.url ?? '/',
        dialect: parts.dialectOf(url).name,
        at: new Date().toISOString(),
        chunks: [],
        bodyBytes: 0,
        fault: null,
      });
    });
  }

  #add(entry: Entry): void {
    const { raw, chunks } = entry;
    this.#entries.push(entry);
    if (this.#entries.length > kept) this.#entries.shift();
    this.#byRequest.set(raw, entry);
    // Whoever reads the body reads it as if nobody else did: it is seen when it arrives.
    const push = raw.push.bind(raw);
    raw.push = (chunk: unknown, encoding?: BufferEncoding) => {
      if (chunk instanceof Uint8Array) {
        if (entry.bodyBytes < bodyLimitBytes) chunks.push(Buffer.from(chunk));
        entry.bodyBytes += chunk.length;
      }
      return push(chunk, encoding);
    };
  }

  noteFault(raw: IncomingMessage, id: string): void {
    const entry = this.#byRequest.get(raw);
    if (entry !== undefined) entry.fault = id;
  }

  /** In the order in which they came. */
  list({ status, ...pattern }: RequestPattern & { readonly status?: number }): JournalEntry[] {
    const matches = matcherOf(pattern);
    return this.#entries
      .filter(({ raw, url, dialect }) => matches({ method: raw.method ?? '', url, dialect }))
      .map(shown)
      .filter((entry) => status === undefined || entry.status === status);
  }

  clear(): void {
    this.#entries = [];
  }
}

const shown = ({ raw, response, path, dialect, at, chunks, bodyBytes, fault }: Entry): JournalEntry => ({
  method: raw.method ?? '',
  path: redactText(path),
  dialect,
  at,
  headers: redactHeaders(raw.headers),
  body: redactText(Buffer.concat(chunks).subarray(0, bodyLimitBytes).toString('utf8')),
  body_bytes: bodyBytes,
  status: response.headersSent ? response.statusCode : null,
  fault,
});
