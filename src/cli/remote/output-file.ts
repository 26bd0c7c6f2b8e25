/** An answer that is a file: to standard output, or under its name once it is whole. */
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandFailure, codeOf, messageOf } from '../failure.ts';

/** @param what it is, as `export`. @param onBytes is told how many more were written to the file. */
export async function writeOut(
  answer: Readable,
  what: string,
  out: string | undefined,
  onBytes: (count: number) => void = () => {},
): Promise<void> {
  const counting = new Transform({
    transform(piece: Buffer, _encoding, done) {
      if (out !== undefined) onBytes(piece.length);
      done(null, piece);
    },
  });
  try {
    if (out === undefined) await pipeline(answer, counting, process.stdout, { end: false });
    else {
      // Under another name until it is whole: half of it must not pass for all.
      await pipeline(answer, counting, createWriteStream(`${out}.part`));
      await rename(`${out}.part`, out);
    }
  } catch (error) {
    if (codeOf(error) === 'EPIPE') return; // whoever reads has enough
    throw new CommandFailure(`The ${what} ended early: ${messageOf(error)}`);
  }
}
