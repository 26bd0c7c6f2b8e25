import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { freshHub } from '../../../test/fresh-hub.ts';

const { hub, admin, close } = await freshHub();
const { access } = hub;
afterAll(close);

const via = 'test';
const openSession = async () => {
  const { accessToken } = await access.openSession({
    ...{ principal: admin.principal, via, client: '', platform: '', exclusive: false },
    ...{ accessSeconds: 600, refreshSeconds: null },
  });
  return accessToken;
};

/** Asks who a token is of until `ending` is done. A token that is known is known for a second. */
async function whileAsking(token: string, ending: Promise<unknown>): Promise<void> {
  let isEnding = true;
  const end = ending.finally(() => {
    isEnding = false;
  });
  while (isEnding) {
    await access.bearer(token, via);
    await setImmediate();
  }
  await end;
}

describe('a token that is asked for while it ends is known no longer once it has ended', () => {
  it('as that of a session that is closed', async () => {
    for (let round = 0; round < 20; round++) {
      const token = await openSession();
      await whileAsking(token, access.closeSession(token, via));
      expect(await access.bearer(token, via)).toBeUndefined();
    }
  });

  it('as a key that is revoked', async () => {
    for (let round = 0; round < 20; round++) {
      const { id, secret } = await access.createCredential(admin.principal, {
        ...{ kind: 'bearer', label: `Key ${round}`, role: 'member', grants: {} },
      });
      await whileAsking(secret, access.revokeCredential(admin.principal, id));
      expect(await access.bearer(secret, via)).toBeUndefined();
    }
  });

  it('as that of a user who is disabled', async () => {
    for (let round = 0; round < 3; round++) {
      const user = { email: `${round}@keyway.test`, name: 'One', role: 'member', grants: {}, password: 'p' } as const;
      const made = await access.createUser(admin.principal, user);
      if (made.kind === 'email_taken') throw new Error('taken');
      const principal = await access.principal(admin.principal.workspace, made.id);
      if (principal === undefined) throw new Error('no user');
      const { accessToken } = await access.openSession({
        ...{ principal, via, client: '', platform: '', exclusive: false, accessSeconds: 600, refreshSeconds: null },
      });
      await whileAsking(accessToken, access.disableUser(admin.principal, made.id));
      expect(await access.bearer(accessToken, via)).toBeUndefined();
    }
  });
});
