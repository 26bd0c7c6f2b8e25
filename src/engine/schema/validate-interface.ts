/** What the settings of an interface must be. */

import { type Field, systemFieldIds } from '../../model/catalogue.ts';
import { parseDuration } from '../../model/duration.ts';
import type {
  FieldDocument,
  GuardDocument,
  InterfaceDocument,
  RecordTypeDocument,
  SchemaDocument,
} from '../../model/schema.ts';
import { deletePolicies, duplicateRules, setFormats } from '../../model/schema.ts';
import { mostTerms, scopeProblem } from '../sync/applying/scope-words.ts';
import { compileFieldForCheck, inverseOf, linkDocuments } from './compile.ts';
import {
  checkChoice,
  checkCount,
  checkMembers,
  checkTypeName,
  endpointPattern,
  members,
  type Report,
} from './document-parts.ts';

const mostApiKeys = 1000;

export function checkInterface(
  report: Report,
  path: string,
  endpoint: string,
  input: unknown,
  document: SchemaDocument,
): void {
  if (!endpointPattern.test(endpoint))
    report(path, 'An endpoint has 1 to 100 letters, digits, underscores and hyphens.');
  if (!checkMembers(report, path, input, members.interface)) return;
  const one = input as InterfaceDocument;
  if (one.name === undefined || one.name === '') report(`${path}.name`, 'An interface has a name.');
  checkChoice(report, `${path}.direction`, one.direction, ['synchronising', 'providing']);
  checkChoice(report, `${path}.setup`, one.setup, ['custom']);
  checkChoice(report, `${path}.initiator`, one.initiator, ['external_application', 'upload']);
  checkApiKeys(report, `${path}.api_keys`, one.api_keys);
  if (one.guard !== undefined) checkGuard(report, `${path}.guard`, one.guard);
  const { overdue_after: overdueAfter = null } = one;
  if (overdueAfter !== null && parseDuration(overdueAfter) === undefined)
    report(`${path}.overdue_after`, 'A time as 26h, PT26H or whole seconds, ten years at most; null for never.');
  if (!checkTypeName(report, `${path}.type`, one.type, document)) return;
  const type = document.types?.[one.type];
  if (type === undefined) return;
  checkKey(report, path, one, type);
  if ((one.direction ?? 'synchronising') === 'synchronising') checkSet(report, path, endpoint, one, type, document);
  else refuseSettingsOfSets(report, path, one);
}

function checkKey(
  report: Report,
  path: string,
  { key, type: name }: InterfaceDocument,
  type: RecordTypeDocument,
): void {
  const isSystemKey = key === undefined || key === 'external_id' || key === 'sync_key';
  if (!isSystemKey && type.fields?.[key]?.unique !== true)
    report(`${path}.key`, `${key} is not a unique field of ${name}.`);
}

function checkApiKeys(report: Report, path: string, ids: readonly unknown[] | undefined): void {
  if (ids === undefined) return;
  if (ids.length > mostApiKeys || ids.some((id) => typeof id !== 'string' || id === '' || id.length > 200))
    report(path, `A list of at most ${mostApiKeys} client ids.`);
}

/** What only an interface that takes complete sets has. */
function checkSet(
  report: Report,
  path: string,
  endpoint: string,
  one: InterfaceDocument,
  type: RecordTypeDocument,
  document: SchemaDocument,
): void {
  if ((type.owner ?? 'internal') === 'internal') {
    report(
      `${path}.type`,
      `A synchronising interface writes a record type with ownership in an external application: set types.${one.type}.owner to external.`,
    );
  }
  checkFormats(report, `${path}.formats`, one.formats);
  checkChoice(report, `${path}.duplicates`, one.duplicates, duplicateRules);
  checkScope(report, `${path}.scope`, one, type, document);
  checkChoice(report, `${path}.delete_policy`, one.delete_policy, deletePolicies);
  const problem = markProblem(endpoint, one, type);
  if (problem !== undefined) report(`${path}.mark_field`, problem);
}

/** What is wrong with the field by which records are marked that a set leaves out. */
function markProblem(
  endpoint: string,
  { delete_policy: policy = 'delete', mark_field: name = null, scope = {}, type: key }: InterfaceDocument,
  type: RecordTypeDocument,
): string | undefined {
  if (policy !== 'keep') return name === null ? undefined : 'Goes with the delete policy keep only: leave it out.';
  if (name === null) return 'The delete policy keep needs a field to mark the records with that a set leaves out.';
  const field = Object.hasOwn(type.fields ?? {}, name) ? type.fields?.[name] : undefined;
  if (field === undefined || !['boolean', 'date', 'datetime'].includes(field.type))
    return `Names a boolean, date or datetime field of ${key}.`;
  if (field.owner !== 'external' && field.owner !== `interface:${endpoint}`)
    return `${name} is written by the interface: set its owner to external or interface:${endpoint}.`;
  if (field.required) return `${name} is empty while a record is in the set: it cannot be required.`;
  return Object.hasOwn(scope, name)
    ? `The interface is everything of a value of ${name}: mark another field.`
    : undefined;
}

function checkScope(
  report: Report,
  path: string,
  { scope = {}, type: key }: InterfaceDocument,
  type: RecordTypeDocument,
  document: SchemaDocument,
): void {
  checkCount(report, path, scope, mostTerms);
  const ends = new Set(
    linkDocuments(document).flatMap(([name, link]) => {
      const [left = '', own = ''] = name.split('.');
      return [...(left === key ? [own] : []), ...(link.to === key ? [inverseOf(left, link)] : [])];
    }),
  );
  const fieldOf = (name: string): Field | undefined => {
    const field = Object.hasOwn(type.fields ?? {}, name) ? type.fields?.[name] : undefined;
    if (field === undefined && !Object.hasOwn(systemFieldIds, name)) return undefined;
    return { ...compileFieldForCheck({ type: 'text', ...field, unique: isKey(name, field) }), key: name };
  };
  for (const [name, value] of Object.entries(scope)) {
    const problem = scopeProblem({ key, linkEnds: ends, fieldsByKey: { get: fieldOf } }, name, value);
    if (problem !== undefined) report(`${path}.${name}`, problem);
  }
}

const isKey = (name: string, field: FieldDocument | undefined): boolean =>
  name === 'external_id' || name === 'sync_key' || field?.unique === true;

const settingsOfSets = ['formats', 'duplicates', 'scope', 'delete_policy', 'mark_field'] as const;

function refuseSettingsOfSets(report: Report, path: string, one: InterfaceDocument): void {
  for (const name of settingsOfSets)
    if (one[name] !== undefined)
      report(`${path}.${name}`, 'Is of complete sets, which a providing interface does not take: leave it out.');
}

function checkFormats(report: Report, path: string, formats: readonly string[] | undefined): void {
  if (formats === undefined) return;
  const isGood = formats.length > 0 && formats.every((format) => (setFormats as readonly string[]).includes(format));
  if (!isGood || new Set(formats).size < formats.length)
    report(path, `A list of one or more of ${setFormats.join(', ')}, each once.`);
}

function checkGuard(report: Report, path: string, guard: GuardDocument): void {
  if (!checkMembers(report, path, guard, members.guard)) return;
  const { deletes = null, percent = null } = guard;
  if (deletes !== null && !(Number.isInteger(deletes) && deletes >= 0))
    report(`${path}.deletes`, 'A whole number from 0, or null for any number of deletes.');
  if (percent !== null && !(typeof percent === 'number' && percent >= 0 && percent <= 100))
    report(`${path}.percent`, 'A number from 0 to 100, or null.');
  checkChoice(report, `${path}.empty_set`, guard.empty_set, ['apply', 'hold']);
  checkChoice(report, `${path}.on_trip`, guard.on_trip, ['hold_deletes', 'hold_run']);
}
