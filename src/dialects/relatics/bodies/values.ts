/** From what a body can say to the canonical value of a field. */
import type { Field } from '../../../model/catalogue.ts';
import type { FieldInput } from '../../../model/commands.ts';
import { parseJson } from '../../../model/json.ts';
import { booleanTexts } from '../options.ts';

/**
 * Text is read by the field's type, so that `"81.5"` and `81.5`, and the text of an XML element, mean the same. null and "" clear.
 * What does not read as the type is passed on as it is: the engine refuses it for this element, by name, as InvalidValue.
 */
export function canonicalValue(field: Field, raw: unknown): FieldInput {
  if (raw === '') return null;
  if (typeof raw !== 'string') return raw;
  switch (field.type) {
    case 'text':
    case 'textarea':
    case 'regexp':
    case 'lookup': // never a property here: shape.ts makes lookups relations
      return raw;
    case 'date':
    case 'datetime':
      return raw.trim();
    case 'integer':
    case 'decimal':
      return numberIn(raw.trim()) ?? raw;
    case 'boolean':
      return booleanTexts.get(raw.trim().toLowerCase()) ?? raw;
    case 'enum':
      return optionValue(field, raw.trim());
    case 'multi_enum': // several in one text stand on lines of their own, as in the vendor's spreadsheet cells
      return raw
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .map((line) => optionValue(field, line));
  }
}

/** Digits with a decimal point; a number that a double cannot hold exactly comes back marked, to be refused by the engine. */
function numberIn(text: string): unknown {
  const [, sign = '', whole = '', fraction = ''] = /^([+-]?)(\d+)(\.\d+)?$/.exec(text) ?? [];
  if (whole === '') return undefined;
  const parsed = parseJson(`${sign === '-' ? '-' : ''}${whole.replace(/^0+(?=\d)/, '')}${fraction}`);
  return parsed.ok ? parsed.value : undefined;
}

/** Who enters a value by hand sees the label of an option; a body may say it too. */
function optionValue(field: Field, text: string): string {
  if (field.options.some((option) => option.value === text)) return text;
  return field.options.find((option) => option.label === text)?.value ?? text;
}
