/**
 * Rows in XML: `<rows><row><external_id>E-1</external_id><name>Pump</name><contacts>external_id:C-1</contacts></row></rows>`. Members by their keys; one
 * that has several values stands there as often. An empty element, or one with `xsi:nil`, is null.
 */
import { MalformedSet } from '../../../engine/sync/receiving/malformed-set.ts';
import type { Field, RecordType } from '../../../model/catalogue.ts';
import type { RawElement } from '../../../model/commands.ts';
import type { PackedElements } from '../../../model/packed.ts';
import { shorten } from '../../../model/text.ts';
import { maxElementBytes } from '../../elements.ts';
import { onlyUtf8 } from '../../utf8.ts';
import { type Attributes, allowAttributes, cutXml, elementReader, type XmlFrame } from '../../xml.ts';
import { textValue } from './csv.ts';

export type XmlRow = Readonly<Record<string, unknown>>;

/** A row needs three levels. What is deeper is refused by name, as long as it is no attack. */
const limits = { level: 2, maxDepth: 32, maxElementBytes };
const root = 'rows';
const rowTag = 'row';
/** Of a row: how old it is. */
const stamps = ['as_of', 'source_version'];

export const cutXmlRows = (body: AsyncIterable<Buffer>, type: RecordType): AsyncGenerator<PackedElements> =>
  cutXml(decoded(body), new RowReader(type), limits);

/** Reads rows as JSON would say them. */
export const xmlRowReader = (type: RecordType): ((raw: RawElement, place: number) => XmlRow) =>
  elementReader(() => new RowReader(type), `<${root}>`);

async function* decoded(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder(); // takes the byte order mark away
  const refusal = (): Error => new MalformedSet(null, 'The body is not UTF-8: save it as UTF-8, and send it again.');
  for await (const piece of onlyUtf8(body, refusal)) yield decoder.decode(piece, { stream: true });
}

type Member = { readonly name: string; readonly isNull: boolean; text: string };

/** Levels: 1 root, 2 row, 3 member. */
class RowReader implements XmlFrame {
  readonly #type: RecordType;
  #depth = 0;
  #row = new Map<string, unknown>();
  #member: Member | undefined;

  place = 0;

  constructor(type: RecordType) {
    this.#type = type;
  }

  get path(): string | null {
    if (this.#depth < 2) return this.#depth === 1 ? `[${this.place}]` : null;
    return this.#member === undefined ? `[${this.place}]` : `[${this.place}].${shorten(this.#member.name, 80)}`;
  }

  declared(encoding: string | undefined): void {
    if (encoding === undefined || /^(utf-?8|us-ascii)$/i.test(encoding)) return;
    throw new MalformedSet(null, `Bodies are read as UTF-8, not as ${shorten(encoding, 40)}: save the file as UTF-8.`);
  }

  open(tag: string, attributes: Attributes): void {
    this.#depth++;
    if (this.#depth === 1) this.#openRoot(tag, attributes);
    else if (this.#depth === 2) this.#openRow(tag, attributes);
    else if (this.#depth === 3) this.#openMember(tag, attributes);
    else throw new MalformedSet(this.path, 'A value is text, and holds no elements.');
  }

  text(chunk: string): void {
    if (this.#member !== undefined) this.#member.text += chunk;
    else if (chunk.trim() !== '') throw new MalformedSet(this.path, 'Text where only elements may be.');
  }

  close(): void {
    if (this.#depth === 3) this.#closeMember();
    this.#depth--;
  }

  /** Whether there is a root, the parser has seen to. */
  end(): void {}

  take(): XmlRow {
    return Object.fromEntries(this.#row);
  }

  /** Any other document, such as a page that tells of an error, would be a set of nothing. */
  #openRoot(tag: string, attributes: Attributes): void {
    if (tag !== root) throw new MalformedSet(null, `The root element must be <${root}>, not <${shorten(tag, 80)}>.`);
    allowAttributes(attributes, [], null);
  }

  #openRow(tag: string, attributes: Attributes): void {
    if (tag !== rowTag)
      throw new MalformedSet(this.path, `<${root}> must hold <${rowTag}>, not <${shorten(tag, 80)}>.`);
    allowAttributes(attributes, stamps, this.path);
    this.#row = new Map(
      stamps.flatMap((name) => (attributes[name] === undefined ? [] : [[`@${name}`, attributes[name]]])),
    );
  }

  #openMember(name: string, attributes: Attributes): void {
    this.#member = { name, isNull: /^(true|1)$/.test(attributes['xsi:nil'] ?? ''), text: '' };
    allowAttributes(attributes, [], this.path);
  }

  #closeMember(): void {
    if (this.#member === undefined) return;
    const { name, isNull, text } = this.#member;
    const isBlank = text.trim() === '';
    if (isNull && !isBlank) throw new MalformedSet(this.path, 'It says that it is nil, and has a value.');
    this.#row.set(name, isBlank ? this.#nothing(name) : this.#value(name, text));
    this.#member = undefined;
  }

  #nothing(name: string): null {
    if (this.#row.has(name)) throw this.#twice();
    return null;
  }

  #value(name: string, text: string): unknown {
    const field = this.#type.fieldsByKey.get(name);
    const before = this.#row.get(name);
    if (isList(this.#type, name, field)) {
      if (before === null) throw this.#twice();
      return [...((before as unknown[] | undefined) ?? []), text.trim()];
    }
    if (this.#row.has(name)) throw this.#twice();
    return textValue(field?.type, isProse(field) ? text : text.trim());
  }

  #twice(): MalformedSet {
    return new MalformedSet(this.path, 'It is given twice, and takes one value.');
  }
}

const isList = (type: RecordType, name: string, field: Field | undefined): boolean =>
  field === undefined ? type.linkEnds.has(name) : field.type === 'multi_enum';

/** What no field says is kept as it was sent. */
const isProse = (field: Field | undefined): boolean =>
  field === undefined || field.type === 'text' || field.type === 'textarea' || field.type === 'regexp';
