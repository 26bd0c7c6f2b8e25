import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openFolder } from './ready-folder.ts';

describe('the data folder of a double', () => {
  let root: string;
  let made = 0;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'keyway-ready-'));
    made = 0;
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(root, { recursive: true, force: true });
  });

  const ready = () => join(root, 'ready');
  const open = (name: string) =>
    openFolder(
      join(root, name),
      async (dataDir) => {
        made += 1;
        await mkdir(join(dataDir, 'postgres-18'));
        await writeFile(join(dataDir, 'postgres-18/PG_VERSION'), '18');
      },
      ready(),
    );
  const versionIn = (name: string) => readFile(join(root, name, 'postgres-18/PG_VERSION'), 'utf8');

  it('is made once, and unpacked for each double', async () => {
    for (const name of ['one', 'two']) {
      expect(await open(name)).toMatchObject({ isKept: false });
      expect(await versionIn(name)).toBe('18');
    }
    expect(made).toBe(1);
    expect(await readdir(ready())).toEqual([expect.stringMatching(/^[0-9a-f]{16}\.tar$/)]);
    expect(await open('two')).toMatchObject({ isKept: true });
  });

  it('is made for each where there is no tar', async () => {
    vi.stubEnv('PATH', root);
    for (const name of ['one', 'two']) {
      expect(await open(name)).toMatchObject({ isKept: false });
      expect(await versionIn(name)).toBe('18');
    }
    expect(await readdir(ready())).toEqual([]);
  });
});
