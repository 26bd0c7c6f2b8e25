/**
 * A complete set in XML: `<elements><Elements><Element externalid="E-1"><Name>Pump</Name><Contacts><Contact id="…"/></Contacts>…`.
 * Read as events, without a tree. A document type is refused outright, so no entity exists but the five that XML itself has.
 */
import { SaxesParser } from 'saxes';
import type { SetElement } from '../../model/commands.ts';
import { byId, type Ref } from '../../model/ref.ts';
import { ElementBuilder, externalIdOf } from './elements.ts';
import { invalidStructure, RelaticsError } from './errors.ts';
import { escapeXmlName, unescapeName } from './names.ts';
import { maxDepth } from './options.ts';
import type { NamedMember, SetShape } from './shape.ts';

const root = 'elements';
type Attributes = Readonly<Record<string, string>>;

/** The whole body, or InvalidStructure: nothing is handed on before all of it is known to have the right structure. */
export function parseXmlSet(text: string, shape: SetShape): SetElement[] {
  const reader = new XmlSetReader(shape);
  const parser = new SaxesParser({ xmlns: false, defaultXMLVersion: '1.0', forceXMLVersion: true });
  parser.on('doctype', () => {
    throw invalidStructure('A document type declaration is not allowed.');
  });
  parser.on('opentag', (tag) => reader.open(tag.name, tag.attributes));
  parser.on('text', (chunk) => reader.text(chunk));
  parser.on('cdata', (chunk) => reader.text(chunk));
  parser.on('closetag', () => reader.close());
  try {
    parser.write(text).close();
  } catch (error) {
    if (error instanceof RelaticsError) throw error;
    throw invalidStructure(`The body is not XML: ${error instanceof Error ? error.message : String(error)}`);
  }
  return reader.done();
}

/** Levels: 1 root, 2 plural name, 3 element, 4 property or relation, 5 target of a relation; below that only what is skipped. */
class XmlSetReader {
  readonly #shape: SetShape;
  readonly #plural: string;
  readonly #singular: string;
  readonly #elements: SetElement[] = [];
  #depth = 0;
  #hasSet = false;
  #element: ElementBuilder | undefined;
  #member: (NamedMember & { path: string; text: string; targets: Ref[] }) | undefined;

  constructor(shape: SetShape) {
    this.#shape = shape;
    this.#plural = escapeXmlName(shape.plural);
    this.#singular = escapeXmlName(shape.singular);
  }

  open(tag: string, attributes: Attributes): void {
    this.#depth++;
    if (this.#depth > maxDepth) throw invalidStructure(`Nested deeper than ${maxDepth} levels.`, this.#path());
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
      throw invalidStructure('Text where only elements may be.', this.#path());
    }
  }

  close(): void {
    if (this.#depth === 4) this.#closeMember();
    else if (this.#depth === 3) this.#closeElement();
    this.#depth--;
  }

  done(): SetElement[] {
    if (!this.#hasSet)
      throw invalidStructure(`<${root}> must hold <${this.#plural}>, which may be empty.`, this.#plural);
    return this.#elements;
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
    this.#element = new ElementBuilder(externalIdOf(attributes.externalid, 'externalid', path), path);
  }

  #openMember(tag: string, attributes: Attributes): void {
    const path = `${this.#elementPath()}.${tag}`;
    const member = this.#shape.member(tag);
    this.#element?.claim(member, path);
    if (member.meaning !== undefined) allowAttributes(attributes, [], path);
    this.#member = { ...member, path, text: '', targets: [] };
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
    allowAttributes(attributes, ['id', 'displayname'], targetPath);
    const id = attributes.id;
    if (id === undefined) throw invalidStructure('A target of a relation needs the attribute id.', targetPath);
    targets.push(byId(id));
  }

  #closeMember(): void {
    const { name, meaning, text, targets } = this.#member ?? { name: '', meaning: undefined, text: '', targets: [] };
    if (meaning === undefined) this.#element?.unknown(name, text);
    else if (meaning.kind === 'relation') this.#element?.relation(name, meaning, targets);
    // Blank text is the indentation of an element that is empty.
    else this.#element?.property(name, meaning, text.trim() === '' ? null : text);
    this.#member = undefined;
  }

  #closeElement(): void {
    if (this.#element !== undefined) this.#elements.push(this.#element.done());
    this.#element = undefined;
  }

  /** Of the element that is open or would be next. */
  #elementPath(): string {
    return `${this.#plural}[${this.#elements.length}]`;
  }

  #path(): string | null {
    return this.#depth < 2 ? null : this.#elementPath();
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
