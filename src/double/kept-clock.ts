/** The clock of a double goes with its folder: taken back to the machine's, records of before would lie in the future. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clock } from '../model/clock.ts';

export class KeptClock {
  /** Holds by how many milliseconds the clock is ahead. */
  readonly #file: string;

  constructor(dataDir: string) {
    this.#file = join(dataDir, 'clock');
  }

  /** Takes it up as the last double of the folder left it. */
  async resume(): Promise<void> {
    const aheadMs = Number(await readFile(this.#file, 'utf8').catch(() => 'none'));
    if (Number.isSafeInteger(aheadMs)) clock.set(new Date(Date.now() + aheadMs));
  }

  /** @param at null: it is the machine's again. */
  async set(at: Date | null): Promise<void> {
    clock.set(at);
    await writeFile(this.#file, String(clock.aheadMs()));
  }
}
