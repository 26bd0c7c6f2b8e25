import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import type { Hub } from '../hub.ts';

describe('a write that is answered once', () => {
  let fresh: FreshHub;
  beforeAll(async () => {
    fresh = await freshHub();
  });
  afterAll(() => fresh.close());

  /** Longer than anybody else waits for a row. */
  const workMs = 1_200;

  it('is waited for by its repetition however long it takes, also on another server', async () => {
    let done = 0;
    const ask = (hub: Hub) =>
      hub.answerOnce(fresh.admin, { key: 'slow', fingerprint: async () => 'same' }, { isSecret: false }, async () => {
        await pause(workMs);
        done += 1;
        return { status: 200, headers: {}, body: { done } };
      });
    const first = ask(fresh.hub);
    await pause(200);
    const repetitions = [ask(fresh.hub), ask(fresh.secondHub())];
    const answers = await Promise.all([first, ...repetitions]);
    expect(answers.map(({ body }) => body)).toEqual([{ done: 1 }, { done: 1 }, { done: 1 }]);
  });
});
