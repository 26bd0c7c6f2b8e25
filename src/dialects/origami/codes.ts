/** Coded fields: each value has a display code, a description, and an id, which is its place in the field's list. */
import type { Field } from '../../model/catalogue.ts';
import type { FieldValue } from '../../model/record.ts';
import { memberName } from './domains.ts';
import { texts } from './options.ts';
import { unable } from './refusal.ts';

export type Code = { readonly id: number; readonly code: string; readonly description: string };

export const isCoded = (field: Field): boolean => field.type === 'enum' || field.type === 'multi_enum';

/** `StatusID`: the member that takes the id of a code, and shows it. */
export const codeIdName = (field: Field): string => `${memberName(field)}ID`;

export const codesOf = (field: Field): Code[] =>
  field.options.map(({ value, label }, index) => ({ id: index + 1, code: value, description: label ?? value }));

export const renderCode = ({ id, code, description }: Code): Record<string, unknown> => ({
  CodeID: id,
  Code: code,
  Description: description,
});

/** What can be asked of a coded field, by name: `Status.Description`. Of several values, a list. */
export const codeAttributes: ReadonlyMap<string, (field: Field, value: FieldValue) => unknown> = new Map(
  Object.entries({ Code: 'code', DisplayCode: 'code', Description: 'description', ID: 'id' } as const).map(
    ([name, attribute]) => {
      const of = (field: Field, value: unknown): unknown =>
        codesOf(field).find(({ code }) => code === value)?.[attribute] ?? null;
      return [name, (field, value) => (Array.isArray(value) ? value.map((one) => of(field, one)) : of(field, value))];
    },
  ),
);

/** By display code, else by description, whatever the case; a text that is neither stays as it is. */
export function parseCode(field: Field, text: string): string {
  const wanted = text.toLowerCase();
  const option =
    field.options.find((one) => one.value === text) ??
    field.options.find((one) => one.value.toLowerCase() === wanted) ??
    field.options.find((one) => one.label?.toLowerCase() === wanted);
  return option?.value ?? text;
}

/** By the id, as a number or in digits. */
export function parseCodeId(field: Field, id: unknown): string {
  const codes = codesOf(field);
  const code = codes.find((one) => String(one.id) === String(id));
  if (code !== undefined) return code.code;
  const ids = codes.map((one) => String(one.id));
  throw unable(texts.codeUnknown(codeIdName(field), ids));
}
