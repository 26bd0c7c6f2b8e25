import { describe, expect, it } from 'vitest';
import { Overloaded } from '../hub-errors.ts';
import { FairTurns } from './fair-turns.ts';

/** Work that is done when it is told to; `begun` says whose was begun, in order. */
function atWork(most: { atWork: number; waiting: number }) {
  const turns = new FairTurns(most, 5);
  const begun: string[] = [];
  const running: (() => void)[] = [];
  const refused: string[] = [];
  const ask = (who: string): void => {
    const work = async () => {
      begun.push(who);
      await new Promise<void>((resolve) => running.push(resolve));
    };
    turns.run(who, work).catch((fault: unknown) => {
      expect(fault).toBeInstanceOf(Overloaded);
      refused.push(who);
    });
  };
  /** One that is at work ends, and whoever is next begins. */
  const end = async (): Promise<void> => {
    running.shift()?.();
    await settled();
  };
  return { ask, end, begun, refused };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const times = (number: number, what: () => void): void => {
  for (let index = 0; index < number; index++) what();
};

describe('work that takes long', () => {
  it('is done a few at a time, in the order of arrival', async () => {
    const { ask, end, begun } = atWork({ atWork: 2, waiting: 10 });
    times(4, () => ask('A'));
    await end();
    expect(begun).toEqual(['A', 'A', 'A']);
    await end();
    await end();
    await end();
    expect(begun).toHaveLength(4);
    ask('B');
    expect(begun).toEqual(['A', 'A', 'A', 'A', 'B']);
  });

  it('is done in turn by who asks for it, however much one asks for', async () => {
    const { ask, end, begun } = atWork({ atWork: 1, waiting: 10 });
    times(5, () => ask('A'));
    ask('B');
    ask('C');
    for (let rest = 0; rest < 6; rest++) await end();
    expect(begun).toEqual(['A', 'A', 'B', 'C', 'A', 'A', 'A']);
  });

  it('waits in a place of whoever has most, when there are no more places', async () => {
    const { ask, end, begun, refused } = atWork({ atWork: 1, waiting: 4 });
    times(9, () => ask('A'));
    await settled();
    expect(refused).toEqual(['A', 'A', 'A', 'A']);
    times(3, () => ask('B')); // two of them in places of A; for the third there would be more of B than of A
    ask('C'); // A and B have two each: one of the last that came goes
    await settled();
    expect(refused.slice(4).sort()).toEqual(['A', 'A', 'A', 'B']);
    for (let rest = 0; rest < 5; rest++) await end();
    expect(begun).toEqual(['A', 'A', 'B', 'C', 'B']);
  });

  it('is refused to one more, where nobody has more waiting than it would', async () => {
    const { ask, refused } = atWork({ atWork: 1, waiting: 3 });
    for (const who of ['A', 'A', 'B', 'C', 'D', 'B']) ask(who);
    await settled();
    expect(refused).toEqual(['D', 'B']);
  });

  it('goes on after one that failed', async () => {
    const turns = new FairTurns({ atWork: 1, waiting: 1 }, 5);
    const failing = turns.run('A', () => Promise.reject(new Error('failed')));
    const next = turns.run('A', async () => 'done');
    await expect(failing).rejects.toThrow('failed');
    expect(await next).toBe('done');
    expect(await turns.run('B', async () => 'again')).toBe('again');
  });
});
