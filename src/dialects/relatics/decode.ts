/** From the bytes of a body to its text. */
import { invalidStructure, RelaticsError } from './errors.ts';
import type { BodyLanguage } from './negotiation.ts';

/**
 * By the `charset` parameter, else by a byte order mark, else by the encoding that an XML declaration names, else UTF-8. A declaration
 * that is readable as single bytes and yet says UTF-16 (.NET's StringWriter does) is not believed. A byte order mark is dropped.
 * Throws InvalidStructure when the bytes are not in that encoding, rather than storing mangled text.
 */
export function decodeBody(bytes: Buffer, { language, charset }: BodyLanguage): string {
  const encoding = charset ?? encodingByMark(bytes) ?? (language === 'xml' ? declaredEncoding(bytes) : null) ?? 'utf-8';
  const decoder = decoderFor(encoding, charset !== null);
  try {
    return decoder.decode(bytes);
  } catch {
    throw invalidStructure(`The body is not ${encoding}, as it says or as is assumed; send UTF-8.`);
  }
}

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
