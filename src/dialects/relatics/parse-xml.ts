/**
 * A complete set in XML: `<elements><Elements><Element externalid="E-1"><Name>Pump</Name><Contacts><Contact id="…"/></Contacts>…`.
 * Read as events, without a tree. A document type is refused outright, so no entity exists but the five that XML itself has.
 */
import { SaxesParser } from 'saxes';
import { MalformedSet } from '../../engine/sync/malformed-set.ts';
import type { ElementReader, SetElement, SetSource } from '../../model/commands.ts';
import { PackedElements } from '../../model/packed.ts';
import { byId, type Ref } from '../../model/ref.ts';
import { ElementBuilder, externalIdOf } from './elements.ts';
import { invalidStructure } from './errors.ts';
import { escapeXmlName, unescapeName } from './names.ts';
import { maxDepth, maxElementBytes } from './options.ts';
import type { NamedMember, SetShape } from './shape.ts';

const root = 'elements';
type Attributes = Readonly<Record<string, string>>;

/**
 * Throws InvalidStructure where the body is no complete set. Events tell where each element begins and ends, and whether the whole is
 * XML; what an element holds is read again by `read`, from its text, and only if somebody asks.
 */
export function xmlSet(body: AsyncIterable<string>, shape: SetShape): SetSource {
  return { ...xmlReader(shape), format: xmlFormat, body: 'xml', elements: elementsOf(body, shape) };
}

export const xmlFormat = 'relatics xml';

export function xmlReader(shape: SetShape): ElementReader {
  let open = openReader(shape);
  return {
    pathOf: (place) => `${escapeXmlName(shape.plural)}[${place}]`,
    read(raw, place) {
      const { reader, parser } = open;
      try {
        reader.place = place;
        parser.write(raw.toString());
        return reader.take();
      } catch (fault) {
        open = openReader(shape); // that one stands in the middle of an element
        throw fault;
      }
    },
  };
}

/** Ready for the text of an element. */
function openReader(shape: SetShape): { readonly reader: XmlSetReader; readonly parser: SaxesParser } {
  const reader = new XmlSetReader(shape);
  const parser = xmlParser(reader);
  parser.write(`<${root}><${escapeXmlName(shape.plural)}>`);
  return { reader, parser };
}

async function* elementsOf(body: AsyncIterable<string>, shape: SetShape): AsyncGenerator<PackedElements> {
  const cutter = new XmlCutter(shape);
  const parser = xmlParser(cutter);
  for await (const text of body) {
    cutter.begin(text);
    asXml(() => parser.write(text));
    yield PackedElements.of(cutter.take());
  }
  asXml(() => parser.close());
  cutter.end();
}

function asXml(parse: () => void): void {
  try {
    parse();
  } catch (error) {
    if (error instanceof MalformedSet) throw error;
    throw invalidStructure(`The body is not XML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type Listener = {
  open(tag: string, attributes: Attributes, end: number): void;
  text(chunk: string): void;
  close(end: number): void;
};

function xmlParser(listener: Listener): SaxesParser {
  const parser = new SaxesParser({ xmlns: false, defaultXMLVersion: '1.0', forceXMLVersion: true });
  parser.on('doctype', () => {
    throw invalidStructure('A document type declaration is not allowed.');
  });
  parser.on('opentag', (tag) => listener.open(tag.name, tag.attributes, parser.position));
  parser.on('text', (chunk) => listener.text(chunk));
  parser.on('cdata', (chunk) => listener.text(chunk));
  parser.on('closetag', () => listener.close(parser.position));
  return parser;
}

/** Cuts the text of a body into that of its elements. */
class XmlCutter implements Listener {
  readonly #outside: XmlSetReader;
  #depth = 0;
  #elements: string[] = [];
  #place = 0;
  /** The text from which the elements are cut, and where in the body it begins. */
  #text = '';
  #textStart = 0;
  #elementStart = -1;

  constructor(shape: SetShape) {
    this.#outside = new XmlSetReader(shape);
  }

  /** Is told the text before the parser is. */
  begin(text: string): void {
    // A tag may have begun that has not ended: it would be the last of this text.
    const start = this.#elementStart < 0 ? this.#text.lastIndexOf('<') : this.#elementStart - this.#textStart;
    const kept = start < 0 ? '' : this.#text.slice(start);
    if (kept.length > maxElementBytes) {
      throw invalidStructure(`An element is larger than ${maxElementBytes} bytes.`, this.#outside.path);
    }
    this.#textStart += this.#text.length - kept.length;
    this.#text = kept + text;
  }

  open(tag: string, attributes: Attributes, end: number): void {
    this.#depth++;
    if (this.#depth > maxDepth) throw invalidStructure(`Nested deeper than ${maxDepth} levels.`, this.#outside.path);
    if (this.#depth < 3) this.#outside.open(tag, attributes);
    // No attribute holds this character: the last one begins the tag.
    else if (this.#depth === 3)
      this.#elementStart = this.#textStart + this.#text.lastIndexOf('<', end - this.#textStart - 1);
  }

  text(chunk: string): void {
    if (this.#depth < 3) this.#outside.text(chunk);
  }

  close(end: number): void {
    if (this.#depth === 3) {
      this.#elements.push(this.#text.slice(this.#elementStart - this.#textStart, end - this.#textStart));
      this.#elementStart = -1;
      this.#place += 1;
      this.#outside.place = this.#place;
    } else if (this.#depth < 3) {
      this.#outside.close();
    }
    this.#depth--;
  }

  take(): string[] {
    const elements = this.#elements;
    this.#elements = [];
    return elements;
  }

  end(): void {
    this.#outside.end();
  }
}

/** Levels: 1 root, 2 plural name, 3 element, 4 property or relation, 5 target of a relation; below that only what is skipped. */
class XmlSetReader implements Listener {
  readonly #shape: SetShape;
  readonly #plural: string;
  readonly #singular: string;
  #depth = 0;
  #hasSet = false;
  #read: SetElement | undefined;
  #element: ElementBuilder | undefined;
  #member: (NamedMember & { tag: string; path: string; text: string; targets: Ref[] }) | undefined;

  /** Of the element that is open or would be next. */
  place = 0;

  constructor(shape: SetShape) {
    this.#shape = shape;
    this.#plural = escapeXmlName(shape.plural);
    this.#singular = escapeXmlName(shape.singular);
  }

  open(tag: string, attributes: Attributes): void {
    this.#depth++;
    if (this.#depth > maxDepth) throw invalidStructure(`Nested deeper than ${maxDepth} levels.`, this.path);
    if (this.#depth === 1) this.#openRoot(tag, attributes);
    else if (this.#depth === 2) this.#openSet(tag, attributes);
    else if (this.#depth === 3) this.#openElement(tag, attributes);
    else if (this.#depth === 4) this.#openMember(tag, attributes);
    else this.#openTarget(tag, attributes);
  }

  text(chunk: string): void {
    if (this.#member !== undefined) {
      if (this.#member.meaning?.kind !== 'relation') this.#member.text += chunk;
      else if (chunk.trim() !== '') throw invalidStructure('A relation holds elements, not text.', this.#member.path);
    } else if (chunk.trim() !== '') {
      throw invalidStructure('Text where only elements may be.', this.path);
    }
  }

  close(): void {
    if (this.#depth === 4) this.#closeMember();
    else if (this.#depth === 3) this.#closeElement();
    this.#depth--;
  }

  /** At the end of the body. */
  end(): void {
    if (!this.#hasSet)
      throw invalidStructure(`<${root}> must hold <${this.#plural}>, which may be empty.`, this.#plural);
  }

  /** The element that was read last. */
  take(): SetElement {
    if (this.#read === undefined) throw new Error('The text of an element held none');
    return this.#read;
  }

  get path(): string | null {
    return this.#depth < 2 ? null : this.#elementPath();
  }

  #openRoot(tag: string, attributes: Attributes): void {
    if (tag !== root) throw invalidStructure(`The root element must be <${root}>, not <${tag}>.`);
    allowAttributes(attributes, [], null);
  }

  #openSet(tag: string, attributes: Attributes): void {
    if (unescapeName(tag) !== this.#shape.plural) {
      throw invalidStructure(`<${root}> must hold <${this.#plural}>, not <${tag}>.`, tag);
    }
    if (this.#hasSet) throw invalidStructure(`<${this.#plural}> is given twice.`, this.#plural);
    allowAttributes(attributes, [], this.#plural);
    this.#hasSet = true;
  }

  #openElement(tag: string, attributes: Attributes): void {
    const path = this.#elementPath();
    if (tag !== this.#singular && unescapeName(tag) !== this.#shape.singular) {
      throw invalidStructure(`<${this.#plural}> must hold <${this.#singular}>, not <${tag}>.`, path);
    }
    allowAttributes(attributes, ['externalid'], path);
    this.#element = new ElementBuilder(externalIdOf(attributes.externalid, 'externalid', path), path, this.#shape);
  }

  #openMember(tag: string, attributes: Attributes): void {
    const path = `${this.#elementPath()}.${tag}`;
    const member = this.#shape.member(tag);
    this.#element?.claim(member, path);
    if (member.meaning !== undefined) allowAttributes(attributes, [], path);
    this.#member = { ...member, tag, path, text: '', targets: [] };
  }

  #openTarget(tag: string, attributes: Attributes): void {
    const member = this.#member;
    if (member?.meaning === undefined) return;
    const { meaning, path, targets } = member;
    if (meaning.kind === 'field') throw invalidStructure('A property holds text, not elements.', path);
    const targetPath = `${path}[${targets.length}]`;
    if (this.#depth > 5) throw invalidStructure('A target of a relation must be empty.', targetPath);
    if (unescapeName(tag) !== meaning.target) {
      throw invalidStructure(`The relation must hold <${escapeXmlName(meaning.target)}>, not <${tag}>.`, targetPath);
    }
    allowAttributes(attributes, ['id', this.#shape.displayName], targetPath);
    const id = attributes.id;
    if (id === undefined) throw invalidStructure('A target of a relation needs the attribute id.', targetPath);
    targets.push(byId(id));
  }

  #closeMember(): void {
    if (this.#member === undefined) return;
    const { name, meaning, tag, text, targets } = this.#member;
    const named = { name, sentAs: tag };
    if (meaning === undefined) this.#element?.unknown(named, text);
    else if (meaning.kind === 'relation') this.#element?.relation(named, meaning, targets);
    // Blank text is the indentation of an element that is empty.
    else this.#element?.property(named, meaning, text.trim() === '' ? '' : text);
    this.#member = undefined;
  }

  #closeElement(): void {
    if (this.#element !== undefined) this.#read = this.#element.done();
    this.#element = undefined;
  }

  #elementPath(): string {
    return `${this.#plural}[${this.place}]`;
  }
}

/** Namespace declarations and `xml:`/`xsi:` attributes carry no data; any other unknown one would be lost silently. */
function allowAttributes(attributes: Attributes, allowed: readonly string[], path: string | null): void {
  for (const name in attributes) {
    // saxes gives it no prototype
    if (allowed.includes(name) || name === 'xmlns' || /^(xmlns|xml|xsi):/.test(name)) continue;
    throw invalidStructure(`The attribute ${name} has no meaning here.`, path);
  }
}
