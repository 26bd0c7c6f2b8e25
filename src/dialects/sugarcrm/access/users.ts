/** The module Users: the workspace's users, which are no records. Administrators read, make and retire them; others see themselves. */
import type { UserView } from '../../../engine/access/access.ts';
import { principalId } from '../../../model/ids.ts';
import { isObject } from '../../../model/json.ts';
import { isStorableText } from '../../../model/text.ts';
import { invalidParameter, SugarError } from '../errors.ts';
import { entriesOf } from '../lists/filter.ts';
import { isOn, optionalText, pagingOf, requiredText } from '../requests/parse.ts';
import { type Answer, ok, segment, type Visit } from '../requests/visit.ts';
import { primaryAddress } from '../values.ts';

const mailPattern = /^[^@\s]+@[^@\s]+$/;

/** What a user that the vendor calls regular may do: all with records, nothing with the workspace. */
const regularGrants = { '*': ['read', 'create', 'edit', 'delete', 'attach:*'] } as const;

export async function listUsers(visit: Visit): Promise<Answer> {
  const { offset, size } = pagingOf(visit.args, visit.options);
  const users = await foundUsers(visit);
  const next = offset + size < users.length ? offset + size : -1;
  return ok('listed', { next_offset: next, records: users.slice(offset, offset + size) });
}

export async function countUsers(visit: Visit): Promise<Answer> {
  const count = (await foundUsers(visit)).length;
  return ok('counted', { record_count: visit.options.recordCountAsText ? String(count) : count });
}

export const readUser = async (visit: Visit): Promise<Answer> => ok('found', renderUser(await userIn(visit)));

/** `user_hash` or `password` is the password in plain text, as the vendor's own tests send it. */
export async function createUser(visit: Visit): Promise<Answer> {
  const { args, hub, caller } = visit;
  const userName = requiredText(args, 'user_name');
  const password = optionalText(args, 'user_hash') ?? requiredText(args, 'password');
  const isAdmin = isOn(args.is_admin);
  const parts = [optionalText(args, 'first_name'), optionalText(args, 'last_name')].filter(
    (part) => part !== undefined,
  );
  const user = {
    email: addressOf(visit, userName),
    name: parts.join(' ') || userName,
    role: isAdmin ? ('admin' as const) : ('member' as const),
    grants: isAdmin ? {} : regularGrants,
    password,
  };
  if (!isStorableText(`${user.email}${user.name}`))
    throw invalidParameter('A name holds NUL or half of a surrogate pair.');
  const isTaken = (await seenBy(visit)).some((one) => userNameOf(one).toLowerCase() === userName.toLowerCase());
  const made = isTaken ? undefined : await hub.access.createUser(caller, user);
  if (made === undefined || !('id' in made)) throw invalidParameter(`A user named ${userName} exists already.`);
  return ok('created', renderUser(made));
}

/** Users log in with the part of their address before the `@`: an address that begins otherwise would not be found by the user name. */
function addressOf({ args, options }: Visit, userName: string): string {
  const given = optionalText(args, 'email1') ?? primaryAddress(args.email ?? '');
  const email = typeof given === 'string' && given.split('@', 1)[0] === userName ? given : userName;
  const address = email.includes('@') ? email : `${email}@${options.userMailDomain}`;
  if (!mailPattern.test(address) || address.length > 254) {
    throw invalidParameter('user_name must be a name without spaces, or a mail address.');
  }
  return address;
}

/** The user may do nothing any more; what it did keeps its name. */
export async function deleteUser(visit: Visit): Promise<Answer> {
  const { hub, caller } = visit;
  const user = await userIn(visit);
  if (user.id === caller.principal.id) throw new SugarError('not_authorized', 'You cannot delete yourself.');
  await hub.access.disableUser(caller, user.id);
  return ok('deleted', { id: String(user.id) });
}

/** What leaves an argument without effect. */
const off: ReadonlySet<unknown> = new Set([undefined, null, '', '0', 'false', false, 0]);

/** Users are few, and no records: their filters are plain values of their members, all of which must hold. */
async function foundUsers(visit: Visit): Promise<readonly ReturnType<typeof renderUser>[]> {
  const { args } = visit;
  for (const name of ['filter_id', 'q', 'order_by', 'favorites', 'my_items', 'deleted']) {
    if (!off.has(args[name])) {
      throw invalidParameter(`Users cannot be narrowed or ordered by ${name} here.`);
    }
  }
  const users = (await seenBy(visit)).map(renderUser);
  const tests = entriesOf(args.filter).flatMap((entry) => Object.entries(entry));
  return users.filter((user) => tests.every(([name, value]) => isMet(user, name, value)));
}

function isMet(user: Readonly<Record<string, unknown>>, name: string, test: unknown): boolean {
  const wanted = isObject(test) && Object.keys(test).length === 1 ? (test.$equals ?? test.$in) : test;
  const values = Array.isArray(wanted) ? wanted : [wanted];
  if (!Object.hasOwn(user, name) || values.some((value) => value === undefined || typeof value === 'object')) {
    throw invalidParameter(`Users cannot be filtered so by ${name} here.`);
  }
  const own = user[name];
  return values.some((value) =>
    typeof own === 'boolean' ? isOn(value) === own : String(own).toLowerCase() === String(value).toLowerCase(),
  );
}

async function seenBy({ hub, caller }: Visit): Promise<readonly UserView[]> {
  const { principal } = caller;
  const users = (await hub.access.users(principal)).filter((user) => !user.disabled);
  return principal.role === 'admin' ? users : users.filter(({ id }) => id === principal.id);
}

async function userIn(visit: Visit): Promise<UserView> {
  const id = segment(visit, 'record');
  const user = (await seenBy(visit)).find((one) => String(one.id) === id);
  if (user === undefined) throw new SugarError('not_found', `Could not find record: ${id} in module: Users`);
  return user;
}

/** The name that a user logs in with: its whole address finds it too. */
export async function userNamed({ hub, caller }: Visit, name: string) {
  const users = await hub.access.users(caller.principal);
  const user = users.find(
    ({ email, disabled }) => !disabled && (email === name || userNameOf({ email, name: '' }) === name),
  );
  const principal = user && (await hub.access.principal(caller.principal.workspace, principalId(user.id)));
  if (principal === undefined) throw new SugarError('not_found', `Could not find user: ${name}`);
  return principal;
}

/** What a user logs in with: the part of the address before the `@`. An API key has its name only. */
export const userNameOf = ({ email, name }: { readonly email: string | null; readonly name: string }): string =>
  email?.split('@', 1)[0] ?? name;

const renderUser = (user: UserView) => ({
  id: String(user.id),
  user_name: userNameOf(user),
  name: user.name,
  full_name: user.name,
  is_admin: user.role === 'admin',
  status: user.disabled ? 'Inactive' : 'Active',
  email:
    user.email === null
      ? []
      : [{ email_address: user.email, primary_address: true, opt_out: false, invalid_email: false }],
  email1: user.email ?? '',
  deleted: false,
  _acl: { fields: {} },
  _module: 'Users',
});
