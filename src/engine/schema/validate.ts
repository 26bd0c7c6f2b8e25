/** What a schema document must be. Every problem is reported at once, each with its path and what to do. */
import { systemFieldIds } from '../../model/catalogue.ts';
import { isObject } from '../../model/json.ts';
import {
  cardinalities,
  type FieldDocument,
  fieldTypes,
  type LinkTypeDocument,
  type RecordTypeDocument,
  type SchemaDocument,
} from '../../model/schema.ts';
import { isStorableText, nearest, shorten } from '../../model/text.ts';
import { checkValue, compilePattern } from '../values.ts';
import { compileFieldForCheck, inverseOf, linkDocuments } from './compile.ts';
import type { SchemaProblem } from './plan.ts';

type Report = (path: string, message: string) => void;

const keyPattern = /^[a-z][a-z0-9_]{0,62}$/;
const endpointPattern = /^[A-Za-z0-9_-]{1,100}$/;
const ownerPattern = /^(internal|external|interface:[A-Za-z0-9_-]{1,100})$/;
const limits = { types: 1000, fields: 500, options: 2000, roles: 1000, links: 5000, interfaces: 1000 };
/** Segments that dialects keep for themselves below a record type. */
const reservedTypes = ['limits'];

type Kind = 'text' | 'boolean' | 'count' | 'map' | 'list' | 'any';
type Members = Readonly<Record<string, Kind>>;

const members = {
  document: { types: 'map', links: 'map', role_lists: 'map', interfaces: 'map' },
  type: {
    label: 'text',
    plural: 'text',
    description: 'text',
    owner: 'text',
    on_return: 'text',
    fields: 'map',
    names: 'map',
    extra: 'map',
  },
  field: {
    type: 'text',
    label: 'text',
    description: 'text',
    required: 'boolean',
    unique: 'boolean',
    default: 'any',
    max_length: 'count',
    scale: 'count',
    pattern: 'text',
    options: 'list',
    to: 'text',
    inverse: 'text',
    owner: 'text',
    filterable: 'boolean',
    names: 'map',
    extra: 'map',
  },
  option: { value: 'text', label: 'text' },
  link: {
    to: 'text',
    inverse: 'text',
    label: 'text',
    cardinality: 'text',
    once_per: 'text',
    roles: 'text',
    owner: 'text',
    names: 'map',
  },
  role: { number: 'any', external_id: 'text', name: 'text' },
  interface: {
    name: 'text',
    type: 'text',
    direction: 'text',
    setup: 'text',
    initiator: 'text',
    key: 'text',
    api_keys: 'list',
  },
} as const satisfies Record<string, Members>;

const kinds: Record<Kind, { is: (value: unknown) => boolean; words: string }> = {
  text: { is: (value) => typeof value === 'string' && isStorableText(value) && value.length <= 10_000, words: 'text' },
  boolean: { is: (value) => typeof value === 'boolean', words: 'true or false' },
  count: { is: (value) => Number.isInteger(value) && (value as number) >= 0, words: 'a whole number from 0' },
  map: { is: isObject, words: 'a mapping' },
  list: { is: Array.isArray, words: 'a list' },
  any: { is: () => true, words: 'anything' },
};

/** Whether `value` is a mapping of just these members, each of its kind. */
function checkMembers(
  report: Report,
  path: string,
  value: unknown,
  allowed: Members,
): value is Record<string, unknown> {
  if (!isObject(value)) {
    report(path, 'Must be a mapping.');
    return false;
  }
  let good = true;
  for (const [name, member] of Object.entries(value)) {
    const kind = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    const place = path === '' ? name : `${path}.${name}`;
    if (kind === undefined) {
      const close = nearest(name, Object.keys(allowed));
      report(
        place,
        `Unknown member. ${close === null ? `Known: ${Object.keys(allowed).join(', ')}.` : `Did you mean ${close}?`}`,
      );
      good = false;
    } else if (!kinds[kind].is(member)) {
      report(place, `Must be ${kinds[kind].words}.`);
      good = false;
    }
  }
  return good;
}

function checkChoice(report: Report, path: string, value: unknown, choices: readonly string[]): void {
  if (value !== undefined && !choices.includes(value as string)) report(path, `Must be one of ${choices.join(', ')}.`);
}

function checkCount(report: Report, path: string, value: object | undefined, limit: number): void {
  const count = Object.keys(value ?? {}).length;
  if (count > limit)
    report(path, `Has ${count.toLocaleString('en')} entries; at most ${limit.toLocaleString('en')} are allowed.`);
}

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

function checkOwner(report: Report, path: string, owner: string | undefined, document: SchemaDocument): void {
  if (owner === undefined) return;
  if (!ownerPattern.test(owner)) report(`${path}.owner`, 'Must be internal, external or interface:<endpoint>.');
  else if (
    owner.startsWith('interface:') &&
    !Object.hasOwn(document.interfaces ?? {}, owner.slice('interface:'.length))
  ) {
    report(`${path}.owner`, `There is no interface ${owner.slice('interface:'.length)}.`);
  }
}

function checkNames(report: Report, path: string, names: Record<string, string> | undefined): void {
  for (const [dialect, name] of Object.entries(names ?? {})) {
    if (typeof name !== 'string' || name === '') report(`${path}.${dialect}`, 'Must be text.');
  }
}

function checkField(report: Report, path: string, key: string, field: FieldDocument, document: SchemaDocument): void {
  if (!keyPattern.test(key) && !/^[a-z0-9_]*[a-z_][a-z0-9_]*$/i.test(key)) {
    report(path, 'A field key has letters, digits and underscores, and not only digits.');
  }
  if (!checkMembers(report, path, field, members.field)) return;
  if (field.type === undefined || !fieldTypes.includes(field.type)) {
    report(`${path}.type`, `Must be one of ${fieldTypes.join(', ')}.`);
    return;
  }
  if (key in systemFieldIds && field.type !== 'text') report(`${path}.type`, `${key} is a system field: it is text.`);
  if ((key === 'external_id' || key === 'sync_key') && field.unique === false) {
    report(`${path}.unique`, `${key} is a system field: it is unique.`);
  }
  checkOwner(report, path, field.owner, document);
  checkNames(report, `${path}.names`, field.names);
  checkFieldRules(report, path, field, document);
}

function checkFieldRules(report: Report, path: string, field: FieldDocument, document: SchemaDocument): void {
  const only = (member: keyof FieldDocument, types: readonly string[]): void => {
    if (field[member] !== undefined && field[member] !== false && !types.includes(field.type)) {
      report(`${path}.${member}`, `Goes with ${types.join(', ')} only.`);
    }
  };
  only('unique', ['text', 'regexp', 'integer']);
  only('max_length', ['text', 'textarea', 'regexp']);
  only('scale', ['decimal']);
  only('pattern', ['regexp']);
  only('options', ['enum', 'multi_enum']);
  only('to', ['lookup']);
  only('inverse', ['lookup']);
  if ((field.scale ?? 0) > 15) report(`${path}.scale`, 'At most 15.');
  if (field.max_length === 0) report(`${path}.max_length`, 'At least 1.');
  if (field.unique && field.default !== undefined)
    report(`${path}.default`, 'A unique field cannot have a default: two records would share it.');
  if (field.type === 'regexp') checkPattern(report, `${path}.pattern`, field.pattern);
  if (field.type === 'enum' || field.type === 'multi_enum') checkOptions(report, `${path}.options`, field.options);
  if (field.type === 'lookup') {
    if (field.to === undefined) report(`${path}.to`, 'A lookup says which record type it points at.');
    else if (!Object.hasOwn(document.types ?? {}, field.to))
      report(`${path}.to`, `There is no record type ${shorten(field.to, 80)}.`);
    if (field.inverse !== undefined && !keyPattern.test(field.inverse))
      report(`${path}.inverse`, 'Must be a name as of a field.');
  }
  checkDefault(report, path, field);
}

function checkPattern(report: Report, path: string, pattern: string | undefined): void {
  if (pattern === undefined) return report(path, 'A regexp field says what its values must match.');
  try {
    compilePattern(pattern);
  } catch (error) {
    report(path, `Not a pattern in RE2 syntax: ${shorten(error instanceof Error ? error.message : String(error))}`);
  }
}

function checkOptions(report: Report, path: string, options: FieldDocument['options']): void {
  if (options === undefined || options.length === 0) return report(path, 'Name at least one option.');
  if (options.length > limits.options) report(path, `At most ${limits.options.toLocaleString('en')} options.`);
  const seen = new Set<string>();
  options.forEach((option, index) => {
    const place = `${path}[${index}]`;
    if (!checkMembers(report, place, option, members.option)) return;
    if (option.value === undefined || option.value === '') report(`${place}.value`, 'An option has a value.');
    else if (seen.has(option.value)) report(`${place}.value`, `${option.value} stands there twice.`);
    seen.add(option.value);
  });
}

function checkDefault(report: Report, path: string, field: FieldDocument): void {
  if (field.default === undefined || field.default === null) return;
  if (field.type === 'lookup') return report(`${path}.default`, 'A lookup cannot have a default.');
  if ((field.type === 'enum' || field.type === 'multi_enum') && !Array.isArray(field.options)) return;
  if (field.type === 'regexp' && field.pattern !== undefined) {
    try {
      compilePattern(field.pattern);
    } catch {
      return;
    }
  }
  const checked = checkValue(compileFieldForCheck(field), field.default);
  if (!checked.ok) report(`${path}.default`, checked.violation.message);
}

function checkRoles(report: Report, path: string, name: string, list: unknown): void {
  if (!keyPattern.test(name)) report(path, 'A role list has a name as of a record type.');
  if (!Array.isArray(list)) return report(path, 'Must be a list.');
  if (list.length > limits.roles) report(path, `At most ${limits.roles.toLocaleString('en')} roles.`);
  const seen = new Set<string>();
  list.forEach((role, index) => {
    const place = `${path}[${index}]`;
    if (!checkMembers(report, place, role, members.role)) return;
    const {
      number,
      name: roleName,
      external_id: externalId,
    } = role as { number?: unknown; name?: string; external_id?: string };
    if (roleName === undefined || roleName === '') report(`${place}.name`, 'A role has a name.');
    if (
      number !== undefined &&
      (!Number.isInteger(number) || number === 0 || Math.abs(number as number) > 2 ** 31 - 1)
    ) {
      report(`${place}.number`, 'Must be a whole number other than 0.');
    }
    for (const mark of [
      number !== undefined && `number ${number}`,
      roleName && `name ${roleName.toLowerCase()}`,
      externalId && `external_id ${externalId}`,
    ]) {
      if (typeof mark !== 'string') continue;
      if (seen.has(mark)) report(place, `Another role of the list has the ${mark}.`);
      seen.add(mark);
    }
  });
}

function checkLink(report: Report, path: string, key: string, link: LinkTypeDocument, document: SchemaDocument): void {
  const [left = '', name = '', ...more] = key.split('.');
  const types = document.types ?? {};
  if (more.length > 0 || !Object.hasOwn(types, left))
    report(path, 'A link type is named <record type>.<name>, and the record type must exist.');
  else if (!keyPattern.test(name)) report(path, 'A link name has lower-case letters, digits and underscores.');
  if (!checkMembers(report, path, link, members.link)) return;
  if (link.to === undefined || !Object.hasOwn(types, link.to))
    report(`${path}.to`, 'Names the record type on the right; it must exist.');
  if (link.inverse !== undefined && !keyPattern.test(link.inverse))
    report(`${path}.inverse`, 'Must be a name as of a field.');
  checkChoice(report, `${path}.cardinality`, link.cardinality, cardinalities);
  checkChoice(report, `${path}.once_per`, link.once_per, ['pair', 'role']);
  checkOwner(report, path, link.owner, document);
  checkNames(report, `${path}.names`, link.names);
  if (link.roles !== undefined && !Object.hasOwn(document.role_lists ?? {}, link.roles)) {
    report(`${path}.roles`, `There is no role list ${shorten(link.roles, 80)}.`);
  }
  if (link.once_per === 'role' && link.roles === undefined)
    report(`${path}.roles`, 'once_per: role needs a role list.');
  if (link.once_per === 'role' && link.cardinality !== undefined && link.cardinality !== 'many-to-many') {
    report(`${path}.once_per`, 'once_per: role goes with many-to-many only.');
  }
}

function checkInterface(report: Report, path: string, endpoint: string, one: unknown, document: SchemaDocument): void {
  if (!endpointPattern.test(endpoint))
    report(path, 'An endpoint has 1 to 100 letters, digits, underscores and hyphens.');
  if (!checkMembers(report, path, one, members.interface)) return;
  const { name, type, key, api_keys: apiKeys, direction } = one as NonNullable<SchemaDocument['interfaces']>[string];
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
