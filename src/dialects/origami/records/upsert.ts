/** An upsert by match fields: which record it means is looked up by the values that the body gives for them. */
import type { Field, RecordType } from '../../../model/catalogue.ts';
import type { FieldInput, UpsertCommand } from '../../../model/commands.ts';
import { byKey, byNumber } from '../../../model/ref.ts';
import { domainName, findField, memberName } from '../domains.ts';
import type { Context } from '../operation.ts';
import { texts } from '../options.ts';
import { unable } from '../refusal.ts';
import { refuseRecord } from '../render.ts';
import { parseFields } from './record-body.ts';
import { type Write, write } from './write.ts';

type Fields = Readonly<Record<string, FieldInput>>;

/** `A,B`: text, numbers and dates; no coded fields, no associations. */
export function parseMatchFields(type: RecordType, list: unknown): readonly Field[] {
  const names = String(list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw unable(texts.matchFieldsMissing);
  return names.map((name) => {
    const field = findField(type, name);
    if (field === undefined || !matchTypes.includes(field.type))
      throw unable(texts.matchFieldInvalid(name, domainName(type)));
    return field;
  });
}

const matchTypes: readonly string[] = ['text', 'textarea', 'regexp', 'integer', 'decimal', 'date', 'datetime'];

export const upsertBy =
  (match: readonly Field[]): Write =>
  async (context, type, body) => {
    const fields = parseFields(type, body);
    const values = match.map((field) => {
      const value = fields[field.key];
      if (!isMatchValue(value)) throw unable(texts.matchValueMissing(memberName(field)));
      return value;
    });
    const [only, ...more] = match;
    if (only?.unique && more.length === 0) return write(context, type, byUniqueField(only, values[0], fields));
    // Nothing in the database keeps two from making the same record here: on one server they wait for each other.
    const what = JSON.stringify([context.caller.principal.workspace, type.id, match.map(({ id }) => id), values]);
    return context.inTurn(what, async () => write(context, type, await byAll(context, type, match, fields)));
  };

const isMatchValue = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '') || typeof value === 'number';

type Command = Omit<UpsertCommand, 'type'>;

/** The engine finds it itself, so that it is one record however many ask at once. */
function byUniqueField(field: Field, value: unknown, fields: Fields): Command {
  const { [field.key]: _value, ...others } = fields;
  return { ref: byKey(field.key, String(value)), mode: 'upsert', fields: others };
}

async function byAll(context: Context, type: RecordType, match: readonly Field[], fields: Fields): Promise<Command> {
  const filters = match.map(({ key }) => ({ field: key, op: 'eq' as const, value: fields[key] }));
  const found = await context.hub.list(context.caller, { type: type.key, filters, sort: [], limit: 2 });
  if (found.kind === 'rejected') throw refuseRecord(found, type, '');
  // What is no value of the field is nobody's; the write says what is wrong with it.
  const [record, another] = found.kind === 'page' ? found.items : [];
  if (another !== undefined) throw unable(texts.matchAmbiguous(domainName(type)));
  if (record === undefined) return { ref: null, mode: 'create', fields };
  return { ref: byNumber(record.number), mode: 'update', fields };
}
