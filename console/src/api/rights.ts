/** What somebody may, so that nothing is offered which the API would refuse. The API decides; this only leaves things out. */
import { own } from './own.ts';
import type { Me, ShownInterface } from './types.ts';

export const mayConfigure = ({ principal }: Me): boolean => principal.role !== 'member';

export const isAdmin = ({ principal }: Me): boolean => principal.role === 'admin';

/** What is granted of a record type, beside attaching. */
export const actions = ['read', 'create', 'edit', 'delete', 'force'] as const;

type Action = (typeof actions)[number] | `attach:${string}`;

/** Sends its sets, and replays what they rejected: whom its keys do not name needs the rights of what a set does. */
export const mayCall = (me: Me, { api_keys: keys, type }: Pick<ShownInterface, 'api_keys' | 'type'>): boolean =>
  mayConfigure(me) ||
  (keys.length === 0 && (['create', 'edit', 'delete'] as const).every((action) => may(me, action, type)));

/** Judged on the left type of the link, from whichever side it is named. */
export function mayLink({ principal }: Me, { left, right }: { left: string; right: string }): boolean {
  if (principal.role !== 'member') return true;
  const grants = [...grantsOf(principal, left), ...grantsOf(principal, '*')];
  return grants.includes(`attach:${right}`) || grants.includes('attach:*');
}

/** @param type key of a record type; left out: any at all. */
export function may({ principal }: Me, action: Action, type?: string): boolean {
  if (principal.role !== 'member') return true;
  const types = type === undefined ? Object.keys(principal.grants) : [type, '*'];
  const wanted = action.startsWith('attach:') ? [action, 'attach:*'] : [action];
  return types.some((one) => grantsOf(principal, one).some((held) => wanted.includes(held)));
}

/** Whether new records can be made here: those of an external owner are made by its sets alone. */
export const mayMake = (me: Me, { key, owner }: { readonly key: string; readonly owner: string }): boolean =>
  owner === 'internal' && may(me, 'create', key);

const grantsOf = ({ grants }: Me['principal'], type: string): readonly string[] => own(grants, type) ?? [];
