/** A complete set in XML: `<elements><Elements><Element externalid="E-1"><Name>Pump</Name><Contacts><Contact id="…"/></Contacts>…`. */
import type { ElementReader, SetElement, SetSource } from '../../../model/commands.ts';
import { byId, type Ref } from '../../../model/ref.ts';
import { type Attributes, allowAttributes, cutXml, elementReader, type XmlFrame } from '../../xml.ts';
import { invalidStructure } from '../errors.ts';
import { maxDepth, maxElementBytes } from '../options.ts';
import { ElementBuilder, externalIdOf } from './elements.ts';
import { escapeXmlName, unescapeName } from './names.ts';
import type { NamedMember, SetShape } from './shape.ts';

const root = 'elements';

/**
 * Throws InvalidStructure where the body is no complete set. Events tell where each element begins and ends, and whether the whole is
 * XML; what an element holds is read again by `read`, from its text, and only if somebody asks.
 */
export function xmlSet(body: AsyncIterable<string>, shape: SetShape): SetSource {
  const elements = cutXml(body, new XmlSetReader(shape), { level: 3, maxDepth, maxElementBytes });
  return { ...xmlReader(shape), format: xmlFormat, body: 'xml', elements };
}

export const xmlFormat = 'relatics xml';

export const xmlReader = (shape: SetShape): ElementReader => ({
  pathOf: (place) => `${escapeXmlName(shape.plural)}[${place}]`,
  read: elementReader(() => new XmlSetReader(shape), `<${root}><${escapeXmlName(shape.plural)}>`),
});

/** Levels: 1 root, 2 plural name, 3 element, 4 property or relation, 5 target of a relation; below that only what is skipped. */
class XmlSetReader implements XmlFrame {
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
