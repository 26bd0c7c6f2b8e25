import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isObject } from '../../model/json.ts';
import { type Call, sugarServer } from './test-client.ts';

type ExampleCall = {
  /** `admin`, `power`, `member`, or an access token in braces; nobody when absent. */
  as?: string;
  why?: string;
  request: string;
  body?: unknown;
  status: number;
  /** `{name}` stands for a text that is the same wherever it stands; a member `...` allows for more members. */
  answer: unknown;
};
type Example = { about: string; calls: ExampleCall[] };

const folder = new URL('examples/', import.meta.url);

describe('examples', () => {
  const { call } = sugarServer();
  for (const file of readdirSync(folder)) {
    const example = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Example;
    it(`${file}: ${example.about}`, async () => {
      const known = new Map<string, string>();
      for (const step of example.calls) await replay(call, step, known);
    });
  }
});

async function replay(call: Call, step: ExampleCall, known: Map<string, string>): Promise<void> {
  const [method = '', path = ''] = fillIn(step.request, known).split(' ');
  const body = step.body === undefined ? undefined : JSON.parse(fillIn(JSON.stringify(step.body), known));
  const as = step.as === undefined ? null : fillIn(step.as, known);
  const answer = await call(method, path, body, { as });
  expect({ status: answer.status, answer: answer.body }, `${step.request} ${step.why ?? ''}`).toEqual({
    status: step.status,
    answer: expectation(step.answer, answer.body, known),
  });
}

const fillIn = (text: string, known: ReadonlyMap<string, string>): string =>
  text.replaceAll(/\{([\w ]+)\}/g, (whole, name: string) => known.get(name) ?? whole);

/** The expected answer with its names filled in; a name that stands for the first time takes what the server said. */
function expectation(expected: unknown, actual: unknown, known: Map<string, string>): unknown {
  if (typeof expected === 'string') {
    const name = /^\{([\w ]+)\}$/.exec(expected)?.[1];
    if (name === undefined) return expected;
    if (!known.has(name) && typeof actual === 'string') known.set(name, actual);
    return known.get(name);
  }
  if (Array.isArray(expected)) {
    return expected.map((item, index) => expectation(item, Array.isArray(actual) ? actual[index] : undefined, known));
  }
  if (!isObject(expected)) return expected;
  const { '...': more, ...members } = expected;
  const given = isObject(actual) ? actual : {};
  const filled = Object.entries(members).map(([name, value]) => [name, expectation(value, given[name], known)]);
  return { ...(more === undefined ? {} : given), ...Object.fromEntries(filled) };
}
