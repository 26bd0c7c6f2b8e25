/** Between an element as it was sent and the inputs that it is mended in: one for each of its members, and one for each that it could have. */
import { type Field, plainField, type RecordType } from '../../api/catalogue.ts';
import { isSame, type Typed, typedOf, valueFrom } from '../records/form/field-text.ts';

export type Row = Readonly<Record<string, unknown>>;

export type Member = {
  readonly name: string;
  /** As an input takes it: what is sent may be no value of the field that it is for. */
  readonly field: Field;
  /** undefined: it was not sent. */
  readonly sent: unknown;
};

/** @param mayWrite keys of the fields that the interface writes, its key among them. */
export function membersOf(row: Row, type: RecordType | undefined, mayWrite: readonly string[]): Member[] {
  const names = new Set([...Object.keys(row), ...mayWrite]);
  return [...names].map((name) => {
    const sent = Object.hasOwn(row, name) ? row[name] : undefined;
    return { name, sent, field: inputFor(name, sent, type) };
  });
}

function inputFor(name: string, sent: unknown, type: RecordType | undefined): Field {
  const field = type?.fields.find(({ key }) => key === name);
  if (field === undefined) {
    const label = type?.links.find((end) => end.name === name)?.label ?? name;
    const description = isKeys(sent) ? 'A key on each line.' : '';
    return { ...plainField, key: name, label, description, type: isScalar(sent) ? 'text' : 'textarea' };
  }
  return takes(field, sent) ? field : { ...field, type: 'text' };
}

/** What is wrong is to be seen, also where its field has an input that could not show it; records are named by their keys here. */
function takes({ type, options }: Field, sent: unknown): boolean {
  if (type === 'lookup') return false;
  if (sent === undefined || sent === null) return true;
  switch (type) {
    case 'multi_enum':
      return isKeys(sent);
    case 'enum':
      return options.some(({ value }) => value === sent);
    case 'boolean':
      return typeof sent === 'boolean';
    case 'date':
      return /^\d{4}-\d\d-\d\d$/.test(String(sent));
    case 'datetime':
      return !Number.isNaN(Date.parse(String(sent)));
    default:
      return isScalar(sent);
  }
}

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;

const isKeys = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string' && !one.includes('\n'));

/** What stands in its input. */
export function shownOf({ field, sent }: Member): Typed {
  if (isScalar(sent) || field.type === 'multi_enum') return typedOf(field, sent as string | null | undefined);
  return isKeys(sent) ? sent.join('\n') : JSON.stringify(sent);
}

/** The element with what was typed instead. @param typed by name; what is not in it, or stands there as before, stays just as it was sent: what was not, is not unset. */
export function withTyped(row: Row, members: readonly Member[], typed: ReadonlyMap<string, Typed>): Row {
  const changed = members.flatMap((member): [string, unknown][] => {
    const text = typed.get(member.name);
    return text === undefined || isSame(text, shownOf(member)) ? [] : [[member.name, asSent(member, text)]];
  });
  return { ...row, ...Object.fromEntries(changed) };
}

function asSent({ field, sent }: Member, typed: Typed): unknown {
  if (typeof typed !== 'string' || isScalar(sent)) return valueFrom(field, typed);
  if (isKeys(sent)) return typed.split('\n').filter((line) => line !== '');
  return parsed(typed) ?? typed;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
