/** From the bytes of a body to its text, as they arrive. */
import type { MalformedSet } from '../../../engine/sync/receiving/malformed-set.ts';
import { withoutMark } from '../../elements.ts';
import { invalidStructure, RelaticsError } from '../errors.ts';
import type { BodyLanguage } from '../negotiation.ts';

/** No encoding is told by more than this of a body. */
const mostOfStart = 200;

/** A body whose encoding is known, and that is read from its beginning all the same. */
export type EncodedBody = {
  readonly encoding: string;
  readonly isSaid: boolean;
  readonly pieces: AsyncIterable<Buffer>;
};

/**
 * By the `charset` parameter, else by a byte order mark, else by the encoding that an XML declaration names, else UTF-8. A declaration
 * that is readable as single bytes and yet says UTF-16 (.NET's StringWriter does) is not believed.
 */
export async function recogniseEncoding(
  body: AsyncIterable<Buffer>,
  { language, charset }: BodyLanguage,
): Promise<EncodedBody> {
  const pieces = body[Symbol.asyncIterator]();
  let start: Buffer = Buffer.alloc(0);
  while (charset === null && start.length < mostOfStart) {
    const next = await pieces.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
  }
  const encoding = charset ?? encodingByMark(start) ?? (language === 'xml' ? declaredEncoding(start) : null) ?? 'utf-8';
  async function* whole(): AsyncGenerator<Buffer> {
    if (start.length > 0) yield start;
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
  }
  return { encoding, isSaid: charset !== null, pieces: whole() };
}

/** Without a byte order mark. Throws InvalidStructure when the bytes are not in that encoding, rather than storing mangled text. */
export async function* decoded({ encoding, isSaid, pieces }: EncodedBody): AsyncGenerator<string> {
  const decoder = decoderFor(encoding, isSaid);
  const decode = (piece?: Buffer): string => {
    try {
      return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
    } catch {
      throw notInEncoding(encoding);
    }
  };
  for await (const piece of pieces) yield decode(piece);
  yield decode();
}

/** The body as UTF-8 without a byte order mark: as it came if that is what it is in, so that nobody need look at all of it. */
export async function* asUtf8(body: EncodedBody): AsyncGenerator<Buffer> {
  if (decoderFor(body.encoding, body.isSaid).encoding !== 'utf-8') {
    for await (const text of decoded(body)) yield Buffer.from(text);
    return;
  }
  let first = true;
  for await (const piece of body.pieces) {
    yield first ? withoutMark(piece) : piece;
    first = false;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Of a part of such a body. */
export function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw notInEncoding('utf-8');
  }
}

const notInEncoding = (encoding: string): MalformedSet =>
  invalidStructure(`The body is not ${encoding}, as it says or as is assumed; send UTF-8.`);

function decoderFor(encoding: string, fromHeader: boolean) {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    const message = `The encoding ${encoding} is not known here; send UTF-8.`;
    throw fromHeader ? new RelaticsError('UnsupportedMediaType', message) : invalidStructure(message);
  }
}

function encodingByMark(bytes: Buffer): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return null;
}

function declaredEncoding(bytes: Buffer): string | null {
  const start = bytes.subarray(0, 200).toString('latin1');
  const declared = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1]?.toLowerCase();
  return declared === undefined || declared.startsWith('utf-16') ? null : declared;
}
