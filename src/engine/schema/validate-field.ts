/** What a field of a schema document must be. */
import { systemFieldIds } from '../../model/catalogue.ts';
import { isKeyRuleStep, keyRuleSteps } from '../../model/key-rule.ts';
import { type FieldDocument, fieldTypes, type SchemaDocument } from '../../model/schema.ts';
import { shorten } from '../../model/text.ts';
import { checkValue, compilePattern } from '../values.ts';
import { compileFieldForCheck } from './compile.ts';
import {
  checkMembers,
  checkNames,
  checkOwner,
  checkTypeName,
  keyPattern,
  limits,
  members,
  type Report,
} from './document-parts.ts';

export function checkField(
  report: Report,
  path: string,
  key: string,
  field: FieldDocument,
  document: SchemaDocument,
): void {
  const isKey = keyPattern.test(key) || /^[a-z0-9_]*[a-z_][a-z0-9_]*$/i.test(key);
  if (!isKey || key === '__proto__') {
    report(path, 'A field key has letters, digits and underscores, and not only digits. It is not __proto__.');
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
  checkKeyRule(report, `${path}.key_rule`, key, field);
  checkFieldRules(report, path, key, field, document);
}

function checkFieldRules(
  report: Report,
  path: string,
  key: string,
  field: FieldDocument,
  document: SchemaDocument,
): void {
  const only = (member: keyof FieldDocument, types: readonly string[]): void => {
    if (field[member] !== undefined && field[member] !== false && !types.includes(field.type)) {
      report(`${path}.${member}`, `Goes with ${types.join(', ')} only.`);
    }
  };
  only('unique', ['text', 'regexp', 'integer']);
  only('max_length', ['text', 'textarea', 'regexp']);
  only('scale', ['decimal']);
  only('numbered', ['text']);
  only('pattern', ['regexp']);
  only('options', ['enum', 'multi_enum']);
  only('to', ['lookup']);
  only('inverse', ['lookup']);
  if (field.filterable && field.type === 'lookup')
    report(`${path}.filterable`, 'A lookup is found by its links anyway: filterable goes with any other type.');
  if ((field.scale ?? 0) > 15) report(`${path}.scale`, 'At most 15.');
  if (field.max_length === 0) report(`${path}.max_length`, 'At least 1.');
  if (field.unique && field.default !== undefined)
    report(`${path}.default`, 'A unique field cannot have a default: two records would share it.');
  if (field.numbered !== undefined) checkNumbered(report, path, key, field);
  if (field.type === 'regexp') checkPattern(report, `${path}.pattern`, field.pattern);
  if (field.type === 'enum' || field.type === 'multi_enum') checkOptions(report, `${path}.options`, field.options);
  if (field.type === 'lookup') {
    if (field.to === undefined) report(`${path}.to`, 'A lookup says which record type it points at.');
    else checkTypeName(report, `${path}.to`, field.to, document);
    if (field.inverse !== undefined && !keyPattern.test(field.inverse))
      report(`${path}.inverse`, 'Must be a name as of a field.');
  }
  checkDefault(report, path, field);
}

function checkKeyRule(
  report: Report,
  path: string,
  key: string,
  { key_rule: rule, unique, type }: FieldDocument,
): void {
  if (rule === undefined) return;
  if (!rule.every(isKeyRuleStep) || new Set(rule).size < rule.length)
    report(path, `A list of ${keyRuleSteps.join(', ')}, each once at most.`);
  if (!unique && key !== 'external_id' && key !== 'sync_key') report(path, 'Goes with unique fields only.');
  if (type !== 'text' && type !== 'regexp') report(path, 'Goes with text, regexp only.');
}

function checkNumbered(report: Report, path: string, key: string, field: FieldDocument): void {
  const place = `${path}.numbered`;
  if (!checkMembers(report, place, field.numbered, members.numbered)) return;
  const { prefix = '', padding = 0, first = 1 } = field.numbered ?? {};
  if (field.unique || key === 'external_id' || key === 'sync_key')
    report(place, 'A unique field cannot be numbered: a number might be taken already.');
  if (field.default !== undefined) report(place, 'A field is numbered or has a default, not both.');
  if (prefix.length > 100) report(`${place}.prefix`, 'At most 100 characters.');
  if (padding > 30) report(`${place}.padding`, 'At most 30.');
  if (first > Number.MAX_SAFE_INTEGER / 2) report(`${place}.first`, 'Too large.');
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
