import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { freshHub } from '../../../test/fresh-hub.ts';
import { untilOneWaits } from '../../../test/lock-waits.ts';
import { Overloaded } from '../hub-errors.ts';

const { hub, admin, databaseUrl, close } = await freshHub();
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
      const { id, secret } = await access.createCredential(admin, {
        ...{ kind: 'bearer', label: `Key ${round}`, role: 'member', grants: {} },
      });
      await whileAsking(secret, access.revokeCredential(admin, id));
      expect(await access.bearer(secret, via)).toBeUndefined();
    }
  });

  it('as that of a user who is disabled', async () => {
    for (let round = 0; round < 3; round++) {
      const user = { email: `${round}@keyway.test`, name: 'One', role: 'member', grants: {}, password: 'p' } as const;
      const made = await access.createUser(admin, user);
      if (made.kind === 'email_taken') throw new Error('taken');
      const principal = await access.principal(admin.principal.workspace, made.id);
      if (principal === undefined) throw new Error('no user');
      const { accessToken } = await access.openSession({
        ...{ principal, via, client: '', platform: '', exclusive: false, accessSeconds: 600, refreshSeconds: null },
      });
      await whileAsking(accessToken, access.disableUser(admin, made.id));
      expect(await access.bearer(accessToken, via)).toBeUndefined();
    }
  });
});

describe('a password that is changed while it is used', () => {
  const userOf = async (name: string) => {
    const user = { email: `${name}@keyway.test`, name, role: 'member', grants: {}, password: 'the old one' } as const;
    const made = await access.createUser(admin, user);
    if (made.kind === 'email_taken') throw new Error('taken');
    const change = (password: string) => access.changeUser(admin, made.id, { password });
    const match = await access.password(user.email, user.password, {
      workspace: null,
      shortName: false,
      from: '192.0.2.1',
      via: 'test',
      requestId: 'test',
    });
    if (match.kind !== 'one') throw new Error(match.kind);
    const open = () =>
      access.openSession({
        ...{ principal: match.principal, via, client: '', platform: '', exclusive: false },
        ...{ accessSeconds: 600, refreshSeconds: 600 },
      });
    return { id: made.id, open, change };
  };

  it('opens no session any more', async () => {
    const { open, change } = await userOf('pia');
    await open();
    await change('the new one');
    await expect(open()).rejects.toBeInstanceOf(Overloaded);
  });

  it('leaves no session that is refreshed meanwhile', async () => {
    const { id, open } = await userOf('leo');
    const { refreshToken } = await open();
    const other = new pg.Client({ connectionString: databaseUrl });
    await other.connect();
    try {
      await other.query('begin');
      await other.query(`update principal set password_hash = 'another' where principal_id = $1`, [id]);
      const refreshed = access.refreshSession(refreshToken ?? '', via, { accessSeconds: 600, refreshSeconds: 600 });
      await untilOneWaits(databaseUrl);
      await other.query('delete from session where principal_id = $1', [id]);
      await other.query('commit');
      expect(await refreshed).toBeUndefined();
      expect((await other.query('select 1 from session where principal_id = $1', [id])).rows).toEqual([]);
    } finally {
      await other.end();
    }
  });
});
