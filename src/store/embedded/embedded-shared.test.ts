import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbedded } from './embedded.ts';
import { shareEmbedded } from './embedded-shared.ts';

describe('the embedded database for a command', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'keyway-shared-'));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it('is started where no server runs, and stopped after', async () => {
    const postgres = await shareEmbedded({ dataDir });
    expect(postgres.shared).toBe(false);
    await postgres.stop();
    await expect(postgres.ended).resolves.toBeUndefined();
    await expect(connect(postgres.url)).rejects.toThrow();
  });

  it('is that of the running server, which it leaves running', async () => {
    const server = await startEmbedded({ dataDir });
    try {
      const postgres = await shareEmbedded({ dataDir });
      expect(postgres).toMatchObject({ shared: true, pid: server.pid, url: server.url });
      await postgres.stop();
      await expect(connect(postgres.url)).resolves.toBeUndefined();
    } finally {
      await server.stop();
    }
  });
});

async function connect(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.end();
}
