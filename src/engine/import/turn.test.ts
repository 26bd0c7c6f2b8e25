import { describe, expect, it } from 'vitest';
import { Turn, TurnLost, type TurnTaker } from './turn.ts';

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('chunks that take turns', () => {
  it('are judged side by side, and written one after the other', async () => {
    const events: string[] = [];
    const release = Promise.withResolvers<void>();
    const first = new Turn<number>(0, async (taker) => {
      taker.begin();
      taker.locked();
      const state = await taker.turn();
      await release.promise;
      events.push('first written');
      return state + 1;
    });
    await first.locked;
    const second = new Turn<number>(first, async (taker) => {
      taker.begin();
      taker.locked();
      events.push('second judged');
      const state = await taker.turn();
      events.push('second written');
      return state + 1;
    });
    await second.locked;
    release.resolve();
    expect(await second.done).toBe(2);
    expect(events).toEqual(['second judged', 'first written', 'second written']);
  });

  it('let go of what they hold when the one before begins again, and come after it', async () => {
    const raceLost = Promise.withResolvers<void>();
    const lost: unknown[] = [];
    const first = new Turn<number>(0, async (taker) => {
      taker.begin();
      taker.locked();
      await taker.turn();
      await raceLost.promise;
      taker.begin();
      taker.locked();
      await pause(); // it would wait here for rows that the second holds
      return (await taker.turn()) + 1;
    });
    await first.locked;
    let attempts = 0;
    const second = new Turn<number>(first, async (taker: TurnTaker<number>) => {
      attempts++;
      taker.begin();
      taker.locked();
      try {
        return (await taker.turn()) + 1;
      } catch (fault) {
        lost.push(fault);
        throw fault;
      }
    });
    await second.locked;
    raceLost.resolve();
    expect(await second.done).toBe(2);
    expect(attempts).toBe(2);
    expect(lost).toEqual([expect.any(TurnLost)]);
  });

  it('fail with the failure of the one before', async () => {
    const first = new Turn<number>(0, async () => Promise.reject(new Error('no disk')));
    await first.locked;
    const second = new Turn<number>(first, async (taker) => taker.turn());
    await expect(second.done).rejects.toThrow('no disk');
    await expect(first.done).rejects.toThrow('no disk');
  });
});
