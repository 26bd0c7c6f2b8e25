import { Readable } from 'node:stream';
import { text as joined } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { MalformedSet } from '../../engine/sync/receiving/malformed-set.ts';
import { asUtf8, decoded, recogniseEncoding } from './bodies/decode.ts';
import { acceptedMediaType, type BodyLanguage, bodyLanguageOf } from './negotiation.ts';

describe('Accept rules the answer', () => {
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/xml', 'application/xml'],
    ['APPLICATION/XML; charset=utf-8', 'application/xml'],
    ['text/xml', 'text/xml'],
    ['text/*', 'text/xml'],
    ['application/xml, application/json', 'application/json'],
    ['application/json;q=0.5, application/xml', 'application/xml'],
    ['application/json, text/plain, */*', 'application/json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/xml'],
    ['application/json;q=0, */*', 'application/xml'],
    ['text/csv', undefined],
    ['application/json;q=0', undefined],
    ['application/json;q=often', undefined],
  ])('%j is answered as %j', (accept, mediaType) => {
    expect(acceptedMediaType(accept)).toBe(mediaType);
  });
});

describe('Content-Type rules the body', () => {
  it.each([
    ['application/json', 'application/xml', 'json'],
    ['Application/JSON; charset=utf-8', 'application/xml', 'json'],
    ['application/xml', 'application/json', 'xml'],
    ['text/xml;charset="UTF-8"', 'application/json', 'xml'],
    [undefined, 'application/json', 'json'],
    [undefined, 'application/xml', 'xml'],
    ['application/x-www-form-urlencoded', 'text/xml', 'xml'],
    ['text/plain;charset=UTF-8', 'application/json', 'json'],
    ['text/csv', 'application/json', undefined],
    ['multipart/form-data; boundary=x', 'application/json', undefined],
    ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/json', undefined],
  ] as const)('%j with Accept %j is read as %j', (contentType, accepted, language) => {
    expect(bodyLanguageOf(contentType, accepted)?.language).toBe(language);
  });
});

describe('the text of a body', () => {
  const latin1 = Buffer.from('<a>\xe9</a>', 'latin1');
  const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
  /** In every way: whole, and byte by byte. */
  const textOf = async (body: Buffer, language: BodyLanguage): Promise<string> => {
    const texts = new Set<string>();
    for (const size of [body.length, 1]) {
      const pieces = Readable.from(
        Array.from({ length: body.length / size }, (_, at) => body.subarray(at * size, (at + 1) * size)),
      );
      const encoded = await recogniseEncoding(pieces, language);
      const parts = language.language === 'json' ? asUtf8(encoded) : decoded(encoded);
      texts.add(await joined(Readable.from(parts)));
    }
    return [...texts].join(' or ');
  };
  const xml = (charset: string | null = null) => ({ language: 'xml', charset }) as const;

  it('is UTF-8, without its byte order mark', async () => {
    expect(await textOf(Buffer.from('\uFEFF{"é":1}'), { language: 'json', charset: null })).toBe('{"é":1}');
  });

  it('follows the charset parameter, a byte order mark, and the XML declaration, in this order', async () => {
    expect(await textOf(latin1, xml('iso-8859-1'))).toBe('<a>é</a>');
    expect(await textOf(utf16('<a>é</a>'), xml())).toBe('<a>é</a>');
    const declared = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>', 'latin1');
    expect(await textOf(declared, xml())).toContain('<a>é</a>');
  });

  it('does not believe a declaration of UTF-16 that is itself written in single bytes', async () => {
    expect(await textOf(Buffer.from('<?xml version="1.0" encoding="utf-16"?><a>é</a>'), xml())).toContain('<a>é</a>');
  });

  it('is refused rather than mangled when its bytes are not what it says', async () => {
    await expect(textOf(latin1, xml())).rejects.toThrow(expect.any(MalformedSet));
    await expect(textOf(latin1, xml('klingon'))).rejects.toThrow(
      expect.objectContaining({ code: 'UnsupportedMediaType' }),
    );
  });
});
