import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog, type RequestLine } from './log.ts';

const line: RequestLine = {
  request: 'r-1',
  dialect: 'native',
  operation: null,
  outcome: 'created',
  method: 'PATCH',
  path: '/v1/records/contact/name:"Ada"',
  status: 201,
  ms: 3.2,
  principal: 7,
  from: '127.0.0.1',
};

function logTo(written: string[], json: boolean) {
  return createLog({ json }, { write: (text) => written.push(text) });
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-03-01T09:15:00.250Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the log for a person', () => {
  it('is one line an entry, without what is null, and the stack of an error below it', () => {
    const written: string[] = [];
    const { logger } = logTo(written, false);
    logger.info({ method: 'GET', status: 200, operation: null, counts: { created: 1 } }, 'request');
    logger.error({ err: new Error('no more room') }, 'internal error');
    const [request, error, stack, ...rest] = written.join('').split('\n');
    expect(request).toBe('09:15:00.250 info  request method=GET status=200 counts={"created":1}');
    expect(error).toBe('09:15:00.250 error internal error');
    expect(stack).toBe('  Error: no more room');
    expect(rest[0]).toMatch(/^ {6}at /);
  });
});

describe.each([
  ['in words', false],
  ['as JSON', true],
])('the line of a request, %s', (_form, json) => {
  it('is what the logger would have written', () => {
    const written: string[] = [];
    const log = logTo(written, json);
    log.request(line);
    log.logger.info(line, 'request');
    const [first, second, ...rest] = written.join('').split('\n');
    expect(first).toContain('Ada');
    expect(first).toBe(second);
    expect(rest).toEqual(['']);
  });
});

describe('lines of requests', () => {
  it('are written together, within a moment', () => {
    const written: string[] = [];
    const log = logTo(written, true);
    log.request(line);
    log.request(line);
    expect(written).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(written).toHaveLength(1);
    expect(written[0]?.trimEnd().split('\n')).toHaveLength(2);
  });

  it('never wait for long when there are many', () => {
    const written: string[] = [];
    const log = logTo(written, true);
    for (let index = 0; index < 1000; index++) log.request(line);
    expect(written.length).toBeGreaterThan(1);
    log.flush();
    expect(written.join('').split('\n')).toHaveLength(1001);
  });

  it('stand before an error that came after them, which is written at once', () => {
    const written: string[] = [];
    const log = logTo(written, true);
    log.request(line);
    log.logger.error('internal error');
    const entries = written.join('').trimEnd().split('\n');
    expect(entries.map((entry) => JSON.parse(entry).msg)).toEqual(['request', 'internal error']);
  });
});
