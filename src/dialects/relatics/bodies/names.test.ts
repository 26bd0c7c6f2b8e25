import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { escapeJsonName, escapeXmlName, unescapeName } from './names.ts';
import { escapeXml } from './xml-text.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
/** Lone surrogates and text that looks escaped already. */
const awkwardText = fc.oneof(
  anyText,
  fc
    .array(fc.constantFrom('_', 'x', '0', '0', '2', '_x0020_', '\uD83D', '\uDE00', 'é', '3', ' '), { maxLength: 12 })
    .map((p) => p.join('')),
);

/** Parses one document and returns its tag, attribute value and text. */
function readXml(document: string): { tag: string; attribute: string; text: string } {
  const read = { tag: '', attribute: '', text: '' };
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => Object.assign(read, { tag: name, attribute: attributes.a ?? '' }));
  parser.on('text', (text) => {
    read.text += text;
  });
  parser.write(document).close();
  return read;
}

describe('name escaping', () => {
  it.each([
    ['First name', 'First_x0020_name'],
    ['Cost (EUR)', 'Cost_x0020__x0028_EUR_x0029_'],
    ['a_b', 'a_x005F_b'],
    ['Größe', 'Größe'],
    ['😀', '_xD83D__xDE00_'],
    ['3D', '3D'],
  ])('writes %j as %j in JSON', (name, escaped) => {
    expect(escapeJsonName(name)).toBe(escaped);
    expect(unescapeName(escaped)).toBe(name);
  });

  it('also escapes a leading digit in XML', () => {
    expect(escapeXmlName('3D')).toBe('_x0033_D');
    expect(escapeXmlName('D3')).toBe('D3');
  });

  it('reads hex in either case, left to right, and a lone underscore as itself', () => {
    expect(unescapeName('a_x002f_b_x002F_c')).toBe('a/b/c');
    expect(unescapeName('_x0041_x0042_')).toBe('Ax0042_');
    expect(unescapeName('a_b_x12_c_')).toBe('a_b_x12_c_');
  });

  it('comes back as it was, whatever the name', () => {
    fc.assert(
      fc.property(awkwardText, (name) => {
        expect(unescapeName(escapeJsonName(name))).toBe(name);
        expect(unescapeName(escapeXmlName(name))).toBe(name);
        expect(escapeJsonName(name)).toMatch(/^[\p{L}\p{Nd}_]*$/u);
      }),
    );
  });

  it('makes every name a tag that an XML parser reads back', () => {
    fc.assert(
      fc.property(awkwardText, (name) => {
        fc.pre(name !== '');
        expect(unescapeName(readXml(`<${escapeXmlName(name)}/>`).tag)).toBe(name);
      }),
    );
  });
});

describe('text in XML', () => {
  it('comes back as it was, except for what XML cannot hold', () => {
    fc.assert(
      fc.property(awkwardText, (text) => {
        const { attribute, text: content } = readXml(`<e a="${escapeXml(text)}">${escapeXml(text)}</e>`);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: XML holds none of these
        const held = text.toWellFormed().replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD');
        expect([attribute, content]).toEqual([held, held]);
      }),
    );
  });
});
