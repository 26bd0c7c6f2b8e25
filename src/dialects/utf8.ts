/** Whether a body is UTF-8, while it arrives: a decoder that guesses would store other keys than were sent. */
import { isUtf8 } from 'node:buffer';

/** Passes the pieces on. @throws what `refusal` makes, at the first byte that is none of UTF-8. */
export async function* onlyUtf8(body: AsyncIterable<Buffer>, refusal: () => Error): AsyncGenerator<Buffer> {
  let begun: Buffer = Buffer.alloc(0);
  for await (const piece of body) {
    const bytes = begun.length === 0 ? piece : Buffer.concat([begun, piece]);
    const end = bytes.length - unfinished(bytes);
    if (!isUtf8(bytes.subarray(0, end))) throw refusal();
    begun = bytes.subarray(end);
    if (end > 0) yield bytes.subarray(0, end);
  }
  if (begun.length > 0) throw refusal();
}

/** How many bytes at the end begin a character that the next piece may finish: 0 to 3. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
