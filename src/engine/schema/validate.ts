/** What a schema document must be. Every problem is reported at once, each with its path and what to do. */
import { systemFieldIds } from '../../model/catalogue.ts';
import { parseDuration } from '../../model/duration.ts';
import type { GuardDocument, InterfaceDocument, RecordTypeDocument, SchemaDocument } from '../../model/schema.ts';
import { inverseOf, linkDocuments } from './compile.ts';
import {
  checkChoice,
  checkCount,
  checkMembers,
  checkNames,
  checkOwner,
  endpointPattern,
  keyPattern,
  limits,
  members,
  type Report,
  reservedTypes,
} from './document-parts.ts';
import type { SchemaProblem } from './plan.ts';
import { checkField } from './validate-field.ts';
import { checkLink, checkRoles } from './validate-link.ts';

export function validateSchema(input: unknown): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const report: Report = (path, message) => {
    if (problems.length < 100) problems.push({ path, message });
  };
  if (!checkMembers(report, '', input, members.document)) return problems;
  const document = input as SchemaDocument;
  checkCount(report, 'types', document.types, limits.types);
  checkCount(report, 'links', document.links, limits.links);
  checkCount(report, 'interfaces', document.interfaces, limits.interfaces);
  for (const [key, type] of Object.entries(document.types ?? {}))
    checkType(report, `types.${key}`, key, type, document);
  for (const [name, list] of Object.entries(document.role_lists ?? {}))
    checkRoles(report, `role_lists.${name}`, name, list);
  for (const [key, link] of Object.entries(document.links ?? {}))
    checkLink(report, `links.${key}`, key, link, document);
  for (const [endpoint, one] of Object.entries(document.interfaces ?? {})) {
    checkInterface(report, `interfaces.${endpoint}`, endpoint, one, document);
  }
  if (problems.length === 0) checkEndNames(report, document);
  return problems;
}

function checkType(
  report: Report,
  path: string,
  key: string,
  type: RecordTypeDocument,
  document: SchemaDocument,
): void {
  if (!keyPattern.test(key) || reservedTypes.includes(key)) {
    report(
      path,
      'A record type key has lower-case letters, digits and underscores, begins with a letter, and is not "limits".',
    );
  }
  if (!checkMembers(report, path, type, members.type)) return;
  checkOwner(report, path, type.owner, document);
  checkChoice(report, `${path}.on_return`, type.on_return, ['revive', 'new']);
  checkNames(report, `${path}.names`, type.names);
  checkCount(report, `${path}.fields`, type.fields, limits.fields);
  for (const [field, one] of Object.entries(type.fields ?? {})) {
    checkField(report, `${path}.fields.${field}`, field, one, document);
  }
}

function checkInterface(report: Report, path: string, endpoint: string, one: unknown, document: SchemaDocument): void {
  if (!endpointPattern.test(endpoint))
    report(path, 'An endpoint has 1 to 100 letters, digits, underscores and hyphens.');
  if (!checkMembers(report, path, one, members.interface)) return;
  const {
    name,
    type,
    key,
    api_keys: apiKeys,
    direction,
    guard,
    overdue_after: overdueAfter = null,
  } = one as InterfaceDocument;
  if (name === undefined || name === '') report(`${path}.name`, 'An interface has a name.');
  checkChoice(report, `${path}.direction`, direction, ['synchronising', 'providing']);
  checkChoice(report, `${path}.setup`, (one as { setup?: unknown }).setup, ['custom']);
  checkChoice(report, `${path}.initiator`, (one as { initiator?: unknown }).initiator, [
    'external_application',
    'upload',
  ]);
  const recordType = Object.hasOwn(document.types ?? {}, type ?? '') ? document.types?.[type] : undefined;
  if (recordType === undefined) {
    report(`${path}.type`, 'Names the record type; it must exist.');
    return;
  }
  if ((direction ?? 'synchronising') === 'synchronising' && (recordType.owner ?? 'internal') === 'internal') {
    report(
      `${path}.type`,
      `A synchronising interface writes a record type with ownership in an external application: set types.${type}.owner to external.`,
    );
  }
  const keyField = recordType.fields?.[key ?? 'external_id'];
  if (key !== undefined && key !== 'external_id' && key !== 'sync_key' && keyField?.unique !== true) {
    report(`${path}.key`, `${key} is not a unique field of ${type}.`);
  }
  if (apiKeys?.some((id) => typeof id !== 'string')) report(`${path}.api_keys`, 'A list of client ids.');
  if (guard !== undefined) checkGuard(report, `${path}.guard`, guard);
  if (overdueAfter !== null && parseDuration(overdueAfter) === undefined)
    report(`${path}.overdue_after`, 'A time as 26h, PT26H or whole seconds, ten years at most; null for never.');
}

function checkGuard(report: Report, path: string, guard: GuardDocument): void {
  if (!checkMembers(report, path, guard, members.guard)) return;
  const { deletes = null, percent = null } = guard;
  if (deletes !== null && !(Number.isInteger(deletes) && deletes >= 0))
    report(`${path}.deletes`, 'A whole number from 0, or null for any number of deletes.');
  if (percent !== null && !(typeof percent === 'number' && percent >= 0 && percent <= 100))
    report(`${path}.percent`, 'A number from 0 to 100, or null.');
  checkChoice(report, `${path}.empty_set`, guard.empty_set, ['apply', 'hold']);
}

/** Fields, links and inverse names of one record type share one set of names. */
function checkEndNames(report: Report, document: SchemaDocument): void {
  const used = new Map<string, Map<string, string>>();
  const claim = (type: string, name: string, path: string): void => {
    const names =
      used.get(type) ?? new Map<string, string>(Object.keys(systemFieldIds).map((field) => [field, 'a system field']));
    used.set(type, names);
    const other = names.get(name);
    if (other !== undefined && other !== path)
      report(path, `${type} has ${other} of the name ${name} already. Choose another name or inverse.`);
    names.set(name, path);
  };
  for (const [type, { fields }] of Object.entries(document.types ?? {})) {
    for (const [key, field] of Object.entries(fields ?? {})) {
      if (field.type !== 'lookup' && !(key in systemFieldIds)) claim(type, key, `types.${type}.fields.${key}`);
    }
  }
  for (const [key, link, lookupField] of linkDocuments(document)) {
    const [left = '', name = ''] = key.split('.');
    const path = lookupField === null ? `links.${key}` : `types.${left}.fields.${lookupField}`;
    claim(left, name, path);
    claim(link.to, inverseOf(left, link), `${path} (inverse)`);
  }
}
