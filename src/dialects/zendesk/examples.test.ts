import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { credentials, demoServer } from './test-client.ts';

type Example = {
  about: string;
  calls: {
    /** The Authorization header; the demo administrator's API token when absent. */
    as?: string;
    request: string;
    body?: unknown;
    status: number;
    /** `{id}` stands for anything, and for the same thing wherever it stands in one file, in later addresses too. */
    answer: unknown;
  }[];
};

const folder = new URL('examples/', import.meta.url);
const server = demoServer();

describe('the examples', () => {
  it.each(readdirSync(folder))('%s', async (file) => {
    const { calls, about } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Example;
    const known = new Map<string, unknown>();
    for (const { as = credentials.admin, request, body, status, answer } of calls) {
      const [method = '', path] = request.split(' ');
      const address = path?.replaceAll(/\{\w+\}/g, (name) => String(known.get(name)));
      const response = await fetch(`${server.origin}${address}`, {
        method,
        headers: { authorization: as, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const given = (await response.json()) as unknown;
      expect({ status: response.status, answer: given }, `${about}: ${request}`).toEqual({
        status,
        answer: filled(answer, given, known),
      });
    }
  });
});

/** The expected answer, with what stands for anything taken from the given one the first time. */
function filled(expected: unknown, given: unknown, known: Map<string, unknown>): unknown {
  if (typeof expected === 'string' && /^\{.*\}$/.test(expected)) {
    if (!known.has(expected)) known.set(expected, given);
    return known.get(expected);
  }
  if (typeof expected !== 'object' || expected === null) return expected;
  const members = (given ?? {}) as Record<string, unknown>;
  const entries = Object.entries(expected).map(([key, value]) => [key, filled(value, members[key], known)] as const);
  return Array.isArray(expected) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}
