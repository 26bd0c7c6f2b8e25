import { afterAll, describe, expect, it } from 'vitest';
import { freshHub } from '../../../../test/fresh-hub.ts';
import { defaultOptions } from '../options.ts';
import { createTokenSource } from './tokens.ts';

const { hub, admin, power, close } = await freshHub();
afterAll(close);

/** Tokens that live so long and are renewed so long before their end. */
const source = (tokenSeconds: number, renewBeforeSeconds: number) => {
  const tokenFor = createTokenSource(hub, { ...defaultOptions, tokenSeconds, renewBeforeSeconds });
  return async (client = 'Demo', { principal } = admin) => (await tokenFor(principal, client)).accessToken;
};

describe('a token', () => {
  it('is the same for everybody who asks at once, and later', async () => {
    const ask = source(1800, 900);
    const tokens = await Promise.all(Array.from({ length: 20 }, () => ask()));
    expect(new Set([...tokens, await ask()]).size).toBe(1);
  });

  it('is another for each user and client', async () => {
    const ask = source(1800, 900);
    expect(new Set([await ask(), await ask('Other'), await ask('Demo', power)]).size).toBe(3);
  });

  it('is a new one once less is left than the time to renew in, and the old one stays good', async () => {
    const early = source(960, 900);
    expect(await early()).toBe(await early());
    const late = source(840, 900);
    const [first, second] = [await late(), await late()];
    expect(second).not.toBe(first);
    for (const token of [first, second])
      expect(await hub.access.bearer(token, 'origami')).toMatchObject({ role: 'admin' });
  });

  it('is a new one when the old one was closed', async () => {
    const ask = source(1800, 900);
    const first = await ask();
    await hub.access.closeSession(first, 'origami');
    const second = await ask();
    expect(second).not.toBe(first);
    expect(await hub.access.bearer(second, 'origami')).toMatchObject({ role: 'admin' });
  });
});
