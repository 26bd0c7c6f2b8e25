/** The database of a double, started. It takes as long as it takes to load the program, so this loads next to nothing of it. */
import { type EmbeddedPostgres, startEmbedded } from '../store/embedded/embedded.ts';
import { openFolder } from './ready-folder.ts';

export type DoubleDatabase = {
  readonly postgres: EmbeddedPostgres;
  readonly dataDir: string;
  /** Its folder is one of before, perhaps of an older version. */
  readonly isKept: boolean;
  close(): Promise<void>;
};

/** @param dir null: a temporary folder, which is gone at the end. Throws NotOfDouble and EmbeddedError. */
export async function openDoubleDatabase(dir: string | null, log: (line: string) => void): Promise<DoubleDatabase> {
  const start = (dataDir: string): Promise<EmbeddedPostgres> =>
    // Connections are ended on purpose here.
    startEmbedded({ dataDir, durable: false, log: (line) => line.includes('administrator command') || log(line) });
  const { dataDir, isKept, remove } = await openFolder(dir, async (folder) => {
    const { makeDatabase } = await import('./make-database.ts');
    await makeDatabase(await start(folder));
  });
  const postgres = await start(dataDir).catch(async (error) => {
    await remove();
    throw error;
  });
  return {
    postgres,
    dataDir,
    isKept,
    async close() {
      await postgres.stop();
      await remove();
    },
  };
}
