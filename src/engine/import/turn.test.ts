import { describe, expect, it } from 'vitest';
import { Turn, TurnLost, type TurnTaker } from './turn.ts';

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('chunks that take turns', () => {
  it('are judged side by side, and sent when the one before holds the import, which need not be committed', async () => {
    const events: string[] = [];
    const [hold, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = new Turn<number>(0, async (taker) => {
      taker.begin();
      taker.locked();
      const state = (await taker.turn()) + 1;
      await hold.promise;
      events.push('first holds');
      taker.holds(state);
      await commit.promise;
      events.push('first committed');
      return state;
    });
    await first.locked;
    const sent = Promise.withResolvers<void>();
    const second = new Turn<number>(first, async (taker) => {
      taker.begin();
      taker.locked();
      events.push('second judged');
      const state = (await taker.turn()) + 1;
      events.push('second sent');
      sent.resolve();
      return state;
    });
    await second.locked;
    hold.resolve();
    await sent.promise;
    commit.resolve();
    expect(await second.done).toBe(2);
    expect(await first.done).toBe(1);
    expect(events).toEqual(['second judged', 'first holds', 'second sent', 'first committed']);
  });

  it('come again after the one before, when that begins again after they were sent', async () => {
    const raceLost = Promise.withResolvers<void>();
    const first = new Turn<number>(0, async (taker) => {
      taker.begin();
      taker.locked();
      taker.holds((await taker.turn()) + 1);
      await raceLost.promise;
      taker.begin();
      return (await taker.turn()) + 10;
    });
    await first.locked;
    const states: number[] = [];
    const second = new Turn<number>(first, async (taker) => {
      taker.begin();
      taker.locked();
      const state = await taker.turn();
      states.push(state);
      if (states.length > 1) return state + 1;
      raceLost.resolve();
      throw new Error('The import is not where it was said to be');
    });
    expect(await second.done).toBe(11);
    expect(states).toEqual([1, 10]);
  });

  it('fail by their own faults when the one before has gone well', async () => {
    const first = new Turn<number>(0, async (taker) => {
      taker.begin();
      return taker.turn();
    });
    const second = new Turn<number>(first, async (taker) => {
      taker.begin();
      await taker.turn();
      throw new Error('somebody else has the import');
    });
    await expect(second.done).rejects.toThrow('somebody else has the import');
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

  it('let go of what they hold as well when the one before only waits for its own turn again', async () => {
    const released = Promise.withResolvers<void>();
    const raceLost = Promise.withResolvers<void>();
    const first = new Turn<number>(0, async (taker) => {
      taker.begin();
      taker.locked();
      await taker.turn();
      await raceLost.promise;
      taker.begin();
      await released.promise; // the rows that it needs are those that the third holds
      return 1;
    });
    await first.locked;
    const inItsTurn = (taker: TurnTaker<number>): Promise<number> => {
      taker.begin();
      taker.locked();
      return taker.turn();
    };
    const second = new Turn<number>(first, inItsTurn);
    await second.locked;
    const third = new Turn<number>(second, (taker) => inItsTurn(taker).finally(released.resolve));
    await third.locked;
    raceLost.resolve();
    expect(await Promise.all([first.done, second.done, third.done])).toEqual([1, 1, 1]);
  });

  it('fail with the failure of the one before', async () => {
    const first = new Turn<number>(0, async () => Promise.reject(new Error('no disk')));
    await first.locked;
    const second = new Turn<number>(first, async (taker) => taker.turn());
    await expect(second.done).rejects.toThrow('no disk');
    await expect(first.done).rejects.toThrow('no disk');
  });
});
