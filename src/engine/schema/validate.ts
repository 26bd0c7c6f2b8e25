/** What a schema document must be. Every problem is reported at once, each with its path and what to do. */
import { systemFieldIds } from '../../model/catalogue.ts';
import type { RecordTypeDocument, SchemaDocument } from '../../model/schema.ts';
import { inverseOf, linkDocuments } from './compile.ts';
import {
  checkChoice,
  checkCount,
  checkMembers,
  checkNames,
  checkOwner,
  keyPattern,
  limits,
  members,
  type Report,
  reservedTypes,
} from './document-parts.ts';
import type { SchemaProblem } from './plan.ts';
import { checkField } from './validate-field.ts';
import { checkInterface } from './validate-interface.ts';
import { checkLink, checkRoles } from './validate-link.ts';
import { checkRetention } from './validate-retention.ts';

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
  checkRetention(report, document.retention);
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
    claim(link.to, inverseOf(left, link), `${path}.inverse`);
  }
}
