import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { inWords } from './log.ts';

describe('the log for a person', () => {
  it('is one line an entry, without what is null, and the stack of an error below it', () => {
    let text = '';
    const log = pino(
      { base: null, timestamp: () => ',"time":"2026-03-01T09:15:00.250Z"' },
      inWords({ write: (piece) => (text += piece) }),
    );
    log.info({ method: 'GET', status: 200, operation: null, counts: { created: 1 } }, 'request');
    log.error({ err: new Error('no more room') }, 'internal error');
    const [request, error, stack, ...rest] = text.split('\n');
    expect(request).toBe('09:15:00.250 info  request method=GET status=200 counts={"created":1}');
    expect(error).toBe('09:15:00.250 error internal error');
    expect(stack).toBe('  Error: no more room');
    expect(rest[0]).toMatch(/^ {6}at /);
  });
});
