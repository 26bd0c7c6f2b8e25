/** A complete set in JSON: `{"Elements":[{"@externalid":"E-1","Name":"Pump","Contacts":[{"@id":"…"}]}]}`. */
import type { MalformedSet } from '../../../engine/sync/receiving/malformed-set.ts';
import type { ElementReader, SetElement, SetSource } from '../../../model/commands.ts';
import { isObject, parseJson } from '../../../model/json.ts';
import { findJsonFlaw } from '../../../model/json-flaws.ts';
import type { PackedElements } from '../../../model/packed.ts';
import { byId, type Ref } from '../../../model/ref.ts';
import { MalformedBody } from '../../bodies.ts';
import { ArrayCutter, LargeElement } from '../../elements.ts';
import { invalidStructure } from '../errors.ts';
import { maxDepth, maxElementBytes } from '../options.ts';
import { textOf } from './decode.ts';
import { ElementBuilder, externalIdOf } from './elements.ts';
import { escapeJsonName, unescapeName } from './names.ts';
import type { SetShape } from './shape.ts';

const externalId = '@externalid';

/** What stands around the array of elements is small, unless it is wrong: then more of it helps nobody. */
const mostAround = 1024 * 1024;

/** The body is UTF-8. Throws InvalidStructure where it is no complete set; an element's own structure is read by `read`. */
export function jsonSet(body: AsyncIterable<Buffer>, shape: SetShape): SetSource {
  return { ...jsonReader(shape), format: jsonFormat, body: 'json', elements: elementsOf(body, shape) };
}

export const jsonFormat = 'relatics json';

export function jsonReader(shape: SetShape): ElementReader {
  const pathOf = (place: number): string => `${escapeJsonName(shape.plural)}[${place}]`;
  return {
    pathOf,
    read(raw, place) {
      const text = typeof raw === 'string' ? raw : textOf(raw);
      const flaw = findJsonFlaw(text, maxDepth, { list: escapeJsonName(shape.plural), index: place });
      if (flaw !== undefined) throw invalidStructure(flaw.message, flaw.path);
      return parseRow(parsed(text), pathOf(place), shape);
    },
  };
}

async function* elementsOf(body: AsyncIterable<Buffer>, shape: SetShape): AsyncGenerator<PackedElements> {
  const before = new Around();
  const after = new Around();
  const cutter = new ArrayCutter({ isOpen: true, maxBytes: maxElementBytes });
  let isOpen = false;
  for await (const piece of body) {
    let bytes: Buffer = piece;
    if (!isOpen) {
      before.add(piece);
      const rest = before.cutBehindBracket((head) => opensSet(head, shape));
      if (rest === undefined) continue;
      isOpen = true;
      bytes = rest;
    }
    if (cutter.hasEnded) after.add(bytes);
    else yield cut(cutter, bytes, after);
  }
  if (!isOpen) refuseOutside(before, before.text, shape);
  if (!cutter.hasEnded) throw notJson('Unexpected end of JSON input');
  if (!/^[ \t\n\r]*\}[ \t\n\r]*$/.test(after.text)) refuseOutside(after, `${before.text}]${after.text}`, shape);
}

function cut(cutter: ArrayCutter, bytes: Buffer, after: Around): PackedElements {
  try {
    return cutter.cut(bytes, (rest) => after.add(rest)).elements;
  } catch (error) {
    if (error instanceof LargeElement) {
      throw invalidStructure(`An element is larger than ${maxElementBytes.toLocaleString('en')} bytes.`);
    }
    throw error instanceof MalformedBody ? notJson(error.message) : error;
  }
}

/** The bytes before the array of elements, or behind it. */
class Around {
  #bytes: Buffer = Buffer.alloc(0);
  isCut = false;

  add(part: Buffer): void {
    this.isCut ||= this.#bytes.length + part.length > mostAround;
    this.#bytes = Buffer.concat([this.#bytes, part.subarray(0, mostAround - this.#bytes.length)]);
  }

  /** What stands behind the first bracket, if what stands before it is as it should be; that is all that is kept then. */
  cutBehindBracket(isRight: (head: string) => boolean): Buffer | undefined {
    const end = this.#bytes.indexOf('[') + 1;
    if (end === 0 || !isRight(textOf(this.#bytes.subarray(0, end)))) return undefined;
    const rest = this.#bytes.subarray(end);
    this.#bytes = this.#bytes.subarray(0, end);
    return rest;
  }

  get text(): string {
    return textOf(this.#bytes);
  }
}

/** `{"Elements":[`, the name as ever it may be escaped. */
function opensSet(head: string, shape: SetShape): boolean {
  const name = /^[ \t\n\r]*\{[ \t\n\r]*("(?:[^"\\]|\\.)*")[ \t\n\r]*:[ \t\n\r]*\[$/s.exec(head)?.[1];
  const parsed = name === undefined ? undefined : parseJson(name);
  return parsed?.ok === true && unescapeName(String(parsed.value)) === shape.plural;
}

/** Read as a whole, without its elements, the body says what is wrong with it. */
function refuseOutside({ isCut }: Around, text: string, shape: SetShape): never {
  if (!isCut) {
    const flaw = findJsonFlaw(text, maxDepth);
    if (flaw !== undefined) throw invalidStructure(flaw.message, flaw.path);
    refuseOtherThanSet(parsed(text), shape);
  }
  throw invalidStructure(`The body must be an object with the one member ${escapeJsonName(shape.plural)}.`);
}

const notJson = (message: string): MalformedSet => invalidStructure(`The body is not JSON: ${message}`);

function parsed(text: string): unknown {
  const result = parseJson(text);
  if (!result.ok) throw notJson(result.message);
  return result.value;
}

function refuseOtherThanSet(body: unknown, shape: SetShape): void {
  const plural = escapeJsonName(shape.plural);
  if (!isObject(body)) throw invalidStructure(`The body must be an object with the one member ${plural}.`);
  const members = Object.entries(body);
  const other = members.find(([name]) => unescapeName(name) !== shape.plural);
  if (other !== undefined)
    throw invalidStructure(`The one member at the top must be ${plural}, not ${other[0]}.`, other[0]);
  const rows = members[0]?.[1];
  if (members.length !== 1 || !Array.isArray(rows)) {
    throw invalidStructure(`The body must have the one member ${plural}, an array of objects.`, plural);
  }
}

function parseRow(row: unknown, path: string, shape: SetShape): SetElement {
  if (!isObject(row)) throw invalidStructure('Every element must be an object.', path);
  const element = new ElementBuilder(externalIdOf(row[externalId], externalId, path), path, shape);
  for (const [escaped, value] of Object.entries(row)) {
    if (escaped === externalId) continue;
    const member = shape.member(escaped);
    const { name, meaning } = member;
    const memberPath = `${path}.${escaped}`;
    element.claim(member, memberPath);
    const named = { name, sentAs: escaped };
    if (meaning === undefined) element.unknown(named, value);
    else if (meaning.kind === 'field') element.property(named, meaning, value);
    else element.relation(named, meaning, parseTargets(value, memberPath, `@${shape.displayName}`));
  }
  return element.done();
}

function parseTargets(value: unknown, path: string, displayName: string): Ref[] {
  if (!Array.isArray(value))
    throw invalidStructure('A relation must be an array of {"@id": element id}, also for one target.', path);
  return value.map((target: unknown, index) => {
    const targetPath = `${path}[${index}]`;
    if (!isObject(target) || typeof target['@id'] !== 'string') {
      throw invalidStructure('A target of a relation must be {"@id": element id}, the id as text.', targetPath);
    }
    const other = Object.keys(target).find((name) => name !== '@id' && name !== displayName);
    if (other !== undefined) throw invalidStructure(`A target of a relation holds @id only, not ${other}.`, targetPath);
    return byId(target['@id']);
  });
}
