/** A row of an import of links: `{"left": "external_id:A-1", "right": 5001, "role": "Broker"}`. */
import type { ImportCommand } from '../../../model/commands.ts';
import { isObject } from '../../../model/json.ts';
import { byKey, parseRef, type Ref } from '../../../model/ref.ts';
import { shorten } from '../../../model/text.ts';
import { deferredByForce } from '../force.ts';
import { roleOf } from '../parse.ts';
import { stampOfRow } from '../stamps.ts';
import { cellValue } from './csv.ts';
import type { ParsedRow, RowParser } from './import-rows.ts';

const members = ['left', 'right', 'role', 'newRole', 'attributes', 'action', 'onMissing'];
/** Taken out of the row before. */
const stamps = ['@as_of', '@source_version'];

/** Why a row cannot be read, as an exception between here and the row's end. */
class Unreadable extends Error {}

type Row = ParsedRow & { readonly kind: 'link' };
/** Filled member after member: a spread for each leaves more to be collected than all the rest of a row. */
type LinkRow = { -readonly [Name in keyof Row]: Row[Name] };

export function linkRowParser({ leftKey, rightKey, force }: ImportCommand & { kind: 'links' }): RowParser {
  const read = (row: Readonly<Record<string, unknown>>): ParsedRow => {
    const dated = stampOfRow(row);
    if (!dated.ok) throw new Unreadable(dated.message);
    const { values, stamp } = dated;
    for (const name in values) {
      if (!members.includes(name)) {
        const allowed = [...members, ...stamps].join(', ');
        throw new Unreadable(`There is no member "${shorten(name)}" here. Allowed: ${allowed}.`);
      }
    }
    const { role, newRole, attributes, action = 'link', onMissing } = values;
    if (action !== 'link' && action !== 'unlink') throw new Unreadable('action is link or unlink.');
    if (onMissing !== undefined && onMissing !== 'error' && onMissing !== 'defer')
      throw new Unreadable('onMissing is error or defer.');
    if (force && onMissing === 'defer') throw new Unreadable(deferredByForce);
    if (attributes !== undefined && !isObject(attributes)) throw new Unreadable('attributes must be an object.');
    const link: LinkRow = {
      kind: 'link',
      left: sideOf('left', values.left, leftKey),
      right: sideOf('right', values.right, rightKey),
      action,
    };
    if (role !== undefined) link.role = roleOf(roleText('role', role));
    if (newRole !== undefined) link.newRole = roleOf(roleText('newRole', newRole));
    if (attributes !== undefined) link.attributes = attributes;
    if (onMissing !== undefined) link.onMissing = onMissing;
    if (stamp !== undefined) link.stamp = stamp;
    return link;
  };
  const fromObject = (values: Readonly<Record<string, unknown>>): ParsedRow => {
    try {
      return read(values);
    } catch (error) {
      if (error instanceof Unreadable) return { kind: 'unreadable', message: error.message };
      throw error;
    }
  };
  return {
    fromObject,
    fromCells: (cells) =>
      fromObject(
        Object.fromEntries(
          Object.entries(cells).flatMap(([name, text]) => {
            const value = cellValue('text', text);
            return value === undefined ? [] : [[name, value]];
          }),
        ),
      ),
  };
}

/** By its match field, when one is named for the side; else by the grammar of references. */
function sideOf(side: 'left' | 'right', value: unknown, key: string | null): Ref {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text === '') throw new Unreadable(`A row needs ${side}, as text or a number.`);
  if (key !== null) return byKey(key, text);
  const ref = parseRef(text);
  if (ref !== undefined) return ref;
  throw new Unreadable(
    `${side}: "${shorten(text)}" is neither an id nor a number nor field:value. For plain keys, name their field with ${side}_key.`,
  );
}

function roleText(name: string, value: unknown): string | number | null {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw new Unreadable(`${name} is text, a number or null.`);
}
