/** How often a write is tried, and what is said when it was in vain. */
import { describe, expect, it } from 'vitest';
import type { Catalogue } from '../../model/catalogue.ts';
import { Overloaded } from '../hub-errors.ts';
import { attempt, publicFault, type WriteContext } from './attempt.ts';

const fault = (code: string): Error => Object.assign(new Error(code), { code });
const [taken, deadlock, timeout] = [fault('23505'), fault('40P01'), fault('55P03')];

/** @param faults of the attempts, one after the other; all behind go well. */
function tried(faults: readonly Error[], wait = true): Promise<number> {
  let count = 0;
  const inWorkspace = async (): Promise<number> => {
    const failed = faults[count++];
    if (failed !== undefined) throw failed;
    return count;
  };
  const context = { database: { inWorkspace }, catalogue: async () => ({}) as Catalogue, staleCatalogue: () => {} };
  return attempt(context as unknown as WriteContext, wait, async () => 0);
}
const failureOf = (faults: readonly Error[], wait?: boolean): Promise<unknown> =>
  tried(faults, wait).then(String, publicFault);

describe('a write that comes second', () => {
  it('is tried eight times', async () => {
    expect(await tried([taken, deadlock, timeout, taken, taken, deadlock, taken])).toBe(8);
  });

  it('says that there is too much to do when it always did', async () => {
    expect(await failureOf(Array(8).fill(deadlock))).toBeInstanceOf(Overloaded);
    expect(await failureOf([deadlock, ...Array(7).fill(taken)])).toBeInstanceOf(Overloaded);
    expect(await failureOf([...Array(7).fill(taken), timeout])).toBeInstanceOf(Overloaded);
  });

  it('is a fault of ours when the same key is taken each time, and nothing else is in the way', async () => {
    expect(await failureOf(Array(8).fill(taken))).toBe(taken);
  });

  it('is not tried again when it does not wait for rows, and somebody holds one', async () => {
    expect(await failureOf([timeout], false)).toBeInstanceOf(Overloaded);
  });
});
