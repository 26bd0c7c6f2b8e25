import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshHub } from '../../../test/fresh-hub.ts';
import type { WorkspaceId } from '../../model/ids.ts';

const { hub, admin, close } = await freshHub();
afterAll(close);

type Named = { readonly workspace?: WorkspaceId; readonly shortName?: boolean };

async function guess(userName: string, password: string, { workspace, shortName = false }: Named = {}) {
  return (
    await hub.access.password(userName, password, {
      workspace: workspace ?? null,
      shortName,
      from: '192.0.2.1',
      via: 'test',
      requestId: 'test',
    })
  ).kind;
}

async function guesses(number: number, userName: string, options: Named = {}): Promise<string[]> {
  return Promise.all(Array.from({ length: number }, (_, index) => guess(userName, `guess ${index}`, options)));
}

async function addUser(workspace: WorkspaceId, email: string): Promise<void> {
  await hub.workspaces.addUser(workspace, { email, name: email, role: 'admin', grants: {}, password: `of ${email}` });
}

describe('ten wrong passwords lock a name', () => {
  it.each(['power@keyway.test', 'nobody@example.test'])(
    'also when many more come at once: no more than ten are looked at, of %s',
    async (name) => {
      const answers = await guesses(40, name);
      expect(answers.filter((kind) => kind === 'none')).toHaveLength(10);
      expect(answers.filter((kind) => kind === 'locked')).toHaveLength(30);
    },
  );

  it('and right ones that come at once do not', async () => {
    await addUser(admin.principal.workspace, 'busy@keyway.test');
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => guess('busy@keyway.test', 'of busy@keyway.test')),
    );
    expect(new Set(answers)).toEqual(new Set(['one']));
  });
});

describe('wrong passwords for a name that users of two workspaces have', () => {
  let elsewhere: WorkspaceId;
  beforeAll(async () => {
    const made = await hub.workspaces.create({ name: 'Elsewhere' });
    if (made.kind !== 'created') throw new Error(made.kind);
    elsewhere = made.workspace.id;
  });

  it.each([
    ['eve@keyway.test', 'eve@elsewhere.test'],
    ['ida@keyway.test', 'ida@keyway.test'],
  ])('are not forgiven to whoever guesses %s by the right one of %s', async (theirs, own) => {
    await addUser(admin.principal.workspace, theirs);
    await addUser(elsewhere, own);
    expect(new Set(await guesses(9, theirs, { workspace: admin.principal.workspace }))).toEqual(new Set(['none']));
    expect(await guess(own, `of ${own}`, { workspace: elsewhere })).toBe('one');
    expect(await guess(own.split('@')[0] ?? '', `of ${own}`, { workspace: elsewhere, shortName: true })).toBe('one');
    expect(await guesses(1, theirs)).toEqual(['none']);
    expect(await guess(theirs, `of ${theirs}`)).toBe('locked');
  });

  it('are forgiven where nobody else has the name any more', async () => {
    await addUser(admin.principal.workspace, 'ann@keyway.test');
    const other = await hub.access.createUser(admin, {
      ...{ email: 'ann@elsewhere.test', name: 'Ann', role: 'member', grants: {}, password: 'of another Ann' },
    });
    if (!('id' in other)) throw new Error(other.kind);
    await hub.access.disableUser(admin, other.id);
    await guesses(9, 'ann@keyway.test');
    expect(await guess('ann@keyway.test', 'of ann@keyway.test')).toBe('one');
    expect(await guesses(9, 'ann@keyway.test')).not.toContain('locked');
  });
});
