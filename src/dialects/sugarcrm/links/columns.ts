/** The columns that a link request may carry in its body: the right record's role, and whatever else describes the pair. */
import type { LinkEnd } from '../../../model/catalogue.ts';
import type { LinkCommand } from '../../../model/commands.ts';
import { InexactNumber } from '../../../model/json.ts';
import type { LinkView } from '../../../model/record.ts';
import { isStorableText } from '../../../model/text.ts';
import { invalidParameter } from '../errors.ts';
import { optionalText } from '../requests/parse.ts';
import type { Args } from '../requests/visit.ts';

/** Documented arguments of the link endpoints, which clients repeat in the body. */
const argumentNames: ReadonlySet<string> = new Set([
  'module',
  'link_name',
  'ids',
  'fields',
  'view',
  ...['', 'lhs_', 'rhs_'].flatMap((prefix) => [`${prefix}sync_key_field_name`, `${prefix}sync_key_field_value`]),
]);

const roleNamesOf = ({ link }: LinkEnd): readonly string[] =>
  link.roleList === null ? [] : ['role', `${link.left}_role`, `${link.right}_role`];

/** Whether an argument beside the fields of a new related record is meant for its link. */
export const isRole = (end: LinkEnd, name: string): boolean => roleNamesOf(end).includes(name);

/**
 * Of a link with a role list, `role`, `<left type>_role` or `<right type>_role` is the role that the pair shall have, whatever
 * it had: this vendor knows a pair once, also where the link type has it once per role. Empty or null takes the role away.
 */
export function columnsOf(end: LinkEnd, args: Args): Pick<LinkCommand, 'newRole' | 'attributes'> {
  const roleNames = roleNamesOf(end);
  const roleName = roleNames.find((name) => args[name] !== undefined);
  const role = roleName === undefined ? undefined : optionalText(args, roleName);
  const attributes = Object.fromEntries(
    Object.entries(args)
      .filter(([name]) => !argumentNames.has(name) && !roleNames.includes(name))
      .flatMap(([name, value]) => columnIn(name, value)),
  );
  return {
    ...(roleName === undefined ? {} : { newRole: role === undefined ? null : { by: 'any', value: role } }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

/** The columns of a pair as they stand beside the members of a linked record: the role is `<left type>_role` from either end. */
export function showColumns({ link }: LinkEnd, { role, attributes }: LinkView): Readonly<Record<string, unknown>> {
  return link.roleList === null ? attributes : { ...attributes, [`${link.left}_role`]: role?.name ?? '' };
}

/** Lists and objects are no columns and are ignored; a number that cannot be held exactly is kept as its digits. */
function columnIn(name: string, value: unknown): [string, unknown][] {
  const column = value instanceof InexactNumber ? value.text : value;
  if (column !== null && !['string', 'number', 'boolean'].includes(typeof column)) return [];
  if (!isStorableText(`${name}${column}`)) {
    throw invalidParameter(`${JSON.stringify(name)} holds NUL characters or half of a surrogate pair.`);
  }
  return [[name, column]];
}
