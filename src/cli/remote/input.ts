/** The file that is sent: its format by its name, and how much of it is on its way. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Readable, Transform } from 'node:stream';
import { CommandFailure, codeOf, exitCodes, messageOf } from '../failure.ts';

/** Of rows. */
export const formats = ['ndjson', 'json', 'csv'] as const;
/** Of complete sets, and of their elements. */
export const setFormats = [...formats, 'xml'] as const;
export type Format = (typeof setFormats)[number];

export const mediaOf: Readonly<Record<Format, string>> = {
  ndjson: 'application/x-ndjson',
  json: 'application/json',
  csv: 'text/csv',
  xml: 'application/xml',
};

export type Input = {
  readonly media: string;
  /** null: not known, as of standard input. */
  readonly bytes: number | null;
  /** Standard input can be read once only. */
  readonly repeatable: boolean;
  /** @param onBytes is told how many bytes more were read. */
  open(onBytes: (count: number) => void): Readable;
};

/** @param file a path, or `-` for standard input. */
export async function openInput(
  file: string,
  format: string | undefined,
  among: readonly Format[] = formats,
): Promise<Input> {
  const media = mediaOf[formatOf(file, format, among)];
  if (file === '-') {
    return { media, bytes: null, repeatable: false, open: (onBytes) => counted(process.stdin, onBytes) };
  }
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw new CommandFailure(`${file} is a folder.`);
    const bytes = found.isFile() ? found.size : null;
    return { media, bytes, repeatable: found.isFile(), open: (onBytes) => counted(createReadStream(file), onBytes) };
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const reason = codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw new CommandFailure(`Cannot read ${file}: ${reason}`);
  }
}

function formatOf(file: string, format: string | undefined, among: readonly Format[]): Format {
  const named = format ?? /\.(\w+)$/.exec(file)?.[1]?.toLowerCase();
  if (named === 'jsonl') return 'ndjson';
  const known = among.find((one) => one === named);
  if (known !== undefined) return known;
  throw new CommandFailure(`Say with --format what ${file} is: ${among.join(', ')}`, exitCodes.usage);
}

function counted(source: Readable, onBytes: (count: number) => void): Readable {
  const counting = new Transform({
    transform(piece: Buffer, _encoding, done) {
      onBytes(piece.length);
      done(null, piece);
    },
  });
  source.on('error', (error) => counting.destroy(error));
  counting.on('close', () => source.destroy());
  return source.pipe(counting);
}
