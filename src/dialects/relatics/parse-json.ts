/** A complete set in JSON: `{"Elements":[{"@externalid":"E-1","Name":"Pump","Contacts":[{"@id":"…"}]}]}`. */
import type { SetElement } from '../../model/commands.ts';
import { isObject, parseJson } from '../../model/json.ts';
import { byId, type Ref } from '../../model/ref.ts';
import { ElementBuilder, externalIdOf } from './elements.ts';
import { invalidStructure } from './errors.ts';
import { findJsonFlaw } from './json-flaws.ts';
import { escapeJsonName, unescapeName } from './names.ts';
import { maxDepth } from './options.ts';
import type { SetShape } from './shape.ts';

const externalId = '@externalid';

/** The whole body, or InvalidStructure: nothing is handed on before all of it is known to have the right structure. */
export function parseJsonSet(text: string, shape: SetShape): SetElement[] {
  const flaw = findJsonFlaw(text, maxDepth);
  if (flaw !== undefined) throw invalidStructure(flaw.message, flaw.path);
  const parsed = parseJson(text);
  if (!parsed.ok) throw invalidStructure(`The body is not JSON: ${parsed.message}`);
  return rowsOf(parsed.value, shape).map((row, index) =>
    parseRow(row, `${escapeJsonName(shape.plural)}[${index}]`, shape),
  );
}

function rowsOf(body: unknown, shape: SetShape): readonly unknown[] {
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
  return rows;
}

function parseRow(row: unknown, path: string, shape: SetShape): SetElement {
  if (!isObject(row)) throw invalidStructure('Every element must be an object.', path);
  const element = new ElementBuilder(externalIdOf(row[externalId], externalId, path), path);
  for (const [escaped, value] of Object.entries(row)) {
    if (escaped === externalId) continue;
    const member = shape.member(escaped);
    const { name, meaning } = member;
    const memberPath = `${path}.${escaped}`;
    element.claim(member, memberPath);
    if (meaning === undefined) element.unknown(name, value);
    else if (meaning.kind === 'field') element.property(name, meaning, value);
    else element.relation(name, meaning, parseTargets(value, memberPath));
  }
  return element.done();
}

function parseTargets(value: unknown, path: string): Ref[] {
  if (!Array.isArray(value))
    throw invalidStructure('A relation must be an array of {"@id": element id}, also for one target.', path);
  return value.map((target: unknown, index) => {
    const targetPath = `${path}[${index}]`;
    if (!isObject(target) || typeof target['@id'] !== 'string') {
      throw invalidStructure('A target of a relation must be {"@id": element id}, the id as text.', targetPath);
    }
    const other = Object.keys(target).find((name) => name !== '@id' && name !== '@displayname');
    if (other !== undefined) throw invalidStructure(`A target of a relation holds @id only, not ${other}.`, targetPath);
    return byId(target['@id']);
  });
}
