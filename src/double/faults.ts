/** Faults by rule: what a connector must cope with, and no vendor's sandbox does on demand. */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Dialect, EdgeFailure } from '../dialects/contract.ts';
import { type Matchable, matcherOf, type RequestPattern } from './pattern.ts';

export const effects = ['rate_limited', 'error', 'unavailable', 'slow', 'cut_off'] as const;

/** `rate_limited`, `error` and `unavailable` are answered by the path's dialect, in the vendor's words, and nothing is done.
 *  With `slow` and `cut_off` the request is done. */
export type FaultRule = RequestPattern & {
  readonly effect: (typeof effects)[number];
  /** Of `slow`: how long it takes before the request is begun. */
  readonly ms?: number;
  /** Of `rate_limited` and `unavailable`: what Retry-After says. */
  readonly retry_after?: number;
  /** How many requests it is for; absent: all, until it is removed. */
  readonly count?: number;
};

export type Fault = FaultRule & { readonly id: string; readonly hits: number };
type LiveFault = { readonly rule: FaultRule; readonly matches: (request: Matchable) => boolean; hits: number };

export class Faults {
  readonly #rules = new Map<string, LiveFault>();
  #made = 0;

  add(rule: FaultRule): Fault {
    const id = `fault-${++this.#made}`;
    this.#rules.set(id, { rule, matches: matcherOf(rule), hits: 0 });
    return { ...rule, id, hits: 0 };
  }

  /** Those that are used up too, with how often they hit. */
  list(): Fault[] {
    return [...this.#rules].map(([id, { rule, hits }]) => ({ ...rule, id, hits }));
  }

  remove(id: string): boolean {
    return this.#rules.delete(id);
  }

  clear(): void {
    this.#rules.clear();
  }

  /** The first rule that means this request and is not used up. It counts as hit. */
  take(request: Matchable): Fault | undefined {
    for (const [id, fault] of this.#rules) {
      const { rule } = fault;
      if (fault.hits >= (rule.count ?? Number.POSITIVE_INFINITY) || !fault.matches(request)) continue;
      fault.hits++;
      return { ...rule, id, hits: fault.hits };
    }
    return undefined;
  }
}

export function injectFaults(
  app: FastifyInstance,
  parts: {
    readonly faults: Faults;
    readonly isExempt: (url: string) => boolean;
    readonly dialectOf: (url: string) => Dialect;
    readonly noteFault: (request: FastifyRequest, id: string) => void;
  },
): void {
  app.addHook('onRequest', async (request, reply) => {
    const url = request.raw.url ?? '/';
    if (parts.isExempt(url)) return;
    const dialect = parts.dialectOf(url);
    const fault = parts.faults.take({ method: request.method, url, dialect: dialect.name });
    if (fault === undefined) return;
    parts.noteFault(request, fault.id);
    if (fault.effect === 'slow') return void (await sleep(fault.ms ?? 0));
    if (fault.effect === 'cut_off') return cutOff(reply.raw);
    await answer(dialect, failureOf(fault), request, reply);
    return reply;
  });
}

function failureOf({ effect, retry_after: retryAfterSeconds = 1 }: FaultRule): EdgeFailure {
  switch (effect) {
    case 'rate_limited':
      return { kind: 'rate_limited', retryAfterSeconds };
    case 'unavailable':
      return { kind: 'unavailable', retryAfterSeconds };
    default:
      return { kind: 'internal' };
  }
}

async function answer(
  dialect: Dialect,
  failure: EdgeFailure,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  request.outcome = failure.kind;
  if ('retryAfterSeconds' in failure) reply.header('retry-after', String(failure.retryAfterSeconds));
  const sent = dialect.renderFailure(failure, request, reply);
  if (sent !== reply) await sent; // a reply that is awaited resolves only when the client has it
}

/** The connection ends in the middle of the answer: after its head, and half of the first piece of its body. */
function cutOff(raw: ServerResponse): void {
  const write = raw.write.bind(raw) as (chunk: Buffer, done: () => void) => boolean;
  const cut = (chunk: unknown): void => {
    const whole =
      typeof chunk === 'string' || chunk instanceof Uint8Array ? Buffer.from(chunk as string) : Buffer.alloc(0);
    raw.write = () => true;
    raw.end = () => raw;
    const gone = (): void => void raw.destroy();
    if (whole.length > 1) write(whole.subarray(0, whole.length >> 1), gone);
    else gone();
  };
  raw.write = (chunk: unknown) => {
    cut(chunk);
    return true;
  };
  raw.end = (chunk?: unknown) => {
    cut(chunk);
    return raw;
  };
}
