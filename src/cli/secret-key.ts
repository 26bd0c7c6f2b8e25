/** The key under which secrets that sign are encrypted: from the environment, or kept in the data folder. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { CommandFailure, codeOf, messageOf } from './failure.ts';

/** @param mayMake whether a missing key is made; not where another process already works with a key that we do not see. */
export async function secretKeyOf(config: Config, mayMake: boolean): Promise<string> {
  if (config.secretKey !== null) return config.secretKey;
  const file = join(config.dataDir, 'secret-key');
  try {
    return await readKey(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error instanceof CommandFailure ? error : unusable(file, error);
  }
  if (!mayMake) throw new CommandFailure('Set KEYWAY_SECRET_KEY as the running server has it.');
  try {
    await makeKey(config.dataDir, file);
  } catch (error) {
    throw unusable(file, error);
  }
  return readKey(file);
}

const unusable = (file: string, error: unknown): CommandFailure =>
  new CommandFailure(`Cannot keep the secret key in ${file}: ${messageOf(error)}`);

async function readKey(file: string): Promise<string> {
  const key = (await readFile(file, 'utf8')).trim();
  if (key.length < 32) throw new CommandFailure(`${file} holds no secret key: it should have 32 characters or more.`);
  return key;
}

/** Whole or not at all, on disk before it is used, and of two that make one at once the first wins. */
async function makeKey(folder: string, file: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unfinished = `${file}.new-${process.pid}`;
  const handle = await open(unfinished, 'w', 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await handle.sync();
    await link(unfinished, file).catch((error) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
  } finally {
    await handle.close();
    await rm(unfinished, { force: true });
  }
}
