/**
 * Cuts an XML body into its elements as it arrives, so that memory does not grow with the body, and reads an element again from its text. Read
 * as events, without a tree. A document type is refused outright, so no entity exists but the five that XML itself has. Nothing here knows a vendor.
 */
import { SaxesParser } from 'saxes';
import { MalformedSet } from '../engine/sync/receiving/malformed-set.ts';
import type { RawElement } from '../model/commands.ts';
import { PackedElements } from '../model/packed.ts';

export type Attributes = Readonly<Record<string, string>>;

type XmlListener = {
  open(tag: string, attributes: Attributes): void;
  text(chunk: string): void;
  close(): void;
};

/** Is told all that stands around the elements, and nothing of what is in them. */
export type XmlFrame = XmlListener & {
  /** Of the element that is open or would be next. */
  place: number;
  /** Where in the body, for what is refused. */
  readonly path: string | null;
  /** The encoding that the body says it is in, before its root. */
  declared?(encoding: string | undefined): void;
  /** At the end of the body. */
  end(): void;
};

export type XmlLimits = {
  /** At which level the elements are: 1 is the root. */
  readonly level: number;
  readonly maxDepth: number;
  readonly maxElementBytes: number;
};

/** @throws MalformedSet where the body is not XML, or the frame refuses it. */
export async function* cutXml(
  body: AsyncIterable<string>,
  frame: XmlFrame,
  limits: XmlLimits,
): AsyncGenerator<PackedElements> {
  const cutter = new Cutter(frame, limits, () => parser.xmlDecl.encoding);
  const parser = parserOf(cutter);
  for await (const text of body) {
    cutter.begin(text);
    asXml(() => parser.write(text));
    yield cutter.take();
  }
  asXml(() => parser.close());
  frame.end();
}

/** Is told all of an element, and makes something of it. */
export type XmlElementListener<Read> = XmlListener & { place: number; take(): Read };

/** Reads elements by their text, one after the other. @param before opens what stands around them. */
export function elementReader<Read>(
  listenerOf: () => XmlElementListener<Read>,
  before: string,
): (raw: RawElement, place: number) => Read {
  const ready = () => {
    const listener = listenerOf();
    const parser = parserOf(listener);
    parser.write(before);
    return { listener, parser };
  };
  let open = ready();
  return (raw, place) => {
    const { listener, parser } = open;
    try {
      listener.place = place;
      parser.write(raw.toString());
      return listener.take();
    } catch (fault) {
      open = ready(); // that one stands in the middle of an element
      throw fault;
    }
  };
}

function asXml(parse: () => void): void {
  try {
    parse();
  } catch (error) {
    if (error instanceof MalformedSet) throw error;
    throw new MalformedSet(null, `The body is not XML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type Positioned = {
  open(tag: string, attributes: Attributes, end: number): void;
  text(chunk: string): void;
  close(end: number): void;
  /** Of a comment, or what else is neither a tag nor text. */
  passed?(end: number): void;
};

/** With an eighth handler the parser is no more an object that V8 has a shape for, and takes six times as long. */
function parserOf(listener: Positioned): SaxesParser {
  const parser = new SaxesParser({ xmlns: false, defaultXMLVersion: '1.0', forceXMLVersion: true });
  parser.on('doctype', () => {
    throw new MalformedSet(null, 'A document type declaration is not allowed.');
  });
  parser.on('opentag', (tag) => listener.open(tag.name, tag.attributes, parser.position));
  parser.on('text', (chunk) => listener.text(chunk));
  parser.on('cdata', (chunk) => {
    listener.text(chunk);
    listener.passed?.(parser.position);
  });
  parser.on('comment', () => listener.passed?.(parser.position));
  parser.on('processinginstruction', () => listener.passed?.(parser.position));
  parser.on('closetag', () => listener.close(parser.position));
  return parser;
}

/** Cuts the text of a body into that of its elements. */
class Cutter implements Positioned {
  readonly #frame: XmlFrame;
  readonly #limits: XmlLimits;
  readonly #declaredEncoding: () => string | undefined;
  #depth = 0;
  /** Where in the text the elements begin and end that were cut from it. */
  #starts: number[] = [];
  #ends: number[] = [];
  #place = 0;
  /** The text from which the elements are cut, and where in the body it begins. */
  #text = '';
  #textStart = 0;
  #elementStart = -1;
  /** Where in the body the last tag, comment or the like ended. What is open since then, the parser keeps until it ends. */
  #lastEnd = 0;

  constructor(frame: XmlFrame, limits: XmlLimits, declaredEncoding: () => string | undefined) {
    this.#frame = frame;
    this.#limits = limits;
    this.#declaredEncoding = declaredEncoding;
  }

  /** Is told the text before the parser is. */
  begin(text: string): void {
    const isInside = this.#elementStart >= 0;
    const start = (isInside ? this.#elementStart : this.#lastEnd) - this.#textStart;
    this.#bound(start, this.#text.length, isInside ? 'An element' : 'What stands between elements');
    this.#textStart += start;
    this.#text = this.#text.slice(start) + text;
  }

  #bound(start: number, end: number, what: string): void {
    const { maxElementBytes } = this.#limits;
    if (3 * (end - start) <= maxElementBytes) return; // no character has more
    if (Buffer.byteLength(this.#text.slice(start, end)) <= maxElementBytes) return;
    throw new MalformedSet(this.#frame.path, `${what} is larger than ${maxElementBytes.toLocaleString('en')} bytes.`);
  }

  open(tag: string, attributes: Attributes, end: number): void {
    const { level, maxDepth } = this.#limits;
    this.#depth++;
    this.#lastEnd = end;
    if (this.#depth > maxDepth) throw new MalformedSet(this.#frame.path, `Nested deeper than ${maxDepth} levels.`);
    if (this.#depth === 1) this.#frame.declared?.(this.#declaredEncoding());
    if (this.#depth < level) this.#frame.open(tag, attributes);
    // No attribute holds this character: the last one begins the tag.
    else if (this.#depth === level)
      this.#elementStart = this.#textStart + this.#text.lastIndexOf('<', end - this.#textStart - 1);
  }

  text(chunk: string): void {
    if (this.#depth < this.#limits.level) this.#frame.text(chunk);
  }

  close(end: number): void {
    const { level } = this.#limits;
    this.#lastEnd = end;
    if (this.#depth === level) {
      const [from, to] = [this.#elementStart - this.#textStart, end - this.#textStart];
      this.#bound(from, to, 'An element');
      this.#starts.push(from);
      this.#ends.push(to);
      this.#elementStart = -1;
      this.#place += 1;
      this.#frame.place = this.#place;
    } else if (this.#depth < level) {
      this.#frame.close();
    }
    this.#depth--;
  }

  passed(end: number): void {
    this.#lastEnd = end;
  }

  /** The elements that ended in the text that was begun last. */
  take(): PackedElements {
    const [starts, ends, text] = [this.#starts, this.#ends, this.#text];
    this.#starts = [];
    this.#ends = [];
    const bytes = Buffer.from(ends.length === 0 ? '' : text); // of a large element many pieces come
    if (bytes.length === text.length) return new PackedElements(bytes, starts, ends);
    return PackedElements.of(starts.map((start, index) => text.slice(start, ends[index])));
  }
}

/** Namespace declarations and `xml:`/`xsi:` attributes carry no data; any other unknown one would be lost silently. */
export function allowAttributes(attributes: Attributes, allowed: readonly string[], path: string | null): void {
  for (const name in attributes) {
    // saxes gives it no prototype
    if (allowed.includes(name) || name === 'xmlns' || /^(xmlns|xml|xsi):/.test(name)) continue;
    throw new MalformedSet(path, `The attribute ${name} has no meaning here.`);
  }
}
