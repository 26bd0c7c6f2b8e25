/** Users, as far as records name them: whom the credentials stand for, who made a record, and whom a lookup may point to. */
import type { UserView } from '../../../engine/access/access.ts';
import { principalId } from '../../../model/ids.ts';
import type { Principal } from '../../../model/principal.ts';
import { type Answer, type Call, queryOf } from '../call.ts';
import { invalidAttribute, notFound } from '../errors.ts';
import { pageOfWhole } from '../lists/whole.ts';
import { pageSize, unknownTime } from '../options.ts';
import { isAdmin, isAgent } from './credentials.ts';

type Known = Pick<Principal, 'id' | 'name' | 'email' | 'role' | 'grants'> & Partial<Pick<UserView, 'disabled'>>;

/** Without credentials the vendor answers an anonymous user rather than 401. */
export function showMe(principal: Principal | null, api: string): Answer {
  if (principal !== null) return { status: 200, outcome: 'found', body: { user: renderUser(principal, api) } };
  const nobody = { id: null, url: null, name: 'Anonymous user', email: 'invalid@example.com', role: 'end-user' };
  return {
    status: 200,
    outcome: 'anonymous',
    body: { user: { ...unusedMembers, ...nobody, verified: false, active: true, suspended: false } },
  };
}

export async function listUsers(call: Call): Promise<Answer> {
  return listed(call, await usersOf(call), '/users.json');
}

/** `query` is an address, or the beginning of a word of the name; `email:` before an address is passed over. */
export async function searchUsers(call: Call): Promise<Answer> {
  const wanted = (queryOf(call, 'query') ?? '').replace(/^email:/, '').toLowerCase();
  const found = (await usersOf(call)).filter(
    ({ name, email }) =>
      wanted === '' ||
      email?.toLowerCase() === wanted ||
      ` ${name.toLowerCase()}`.includes(` ${wanted}`) ||
      email?.toLowerCase().startsWith(wanted),
  );
  return listed(call, found, '/users/search.json');
}

/** Those of the ids that there are. */
export async function showManyUsers(call: Call): Promise<Answer> {
  const ids = (queryOf(call, 'ids') ?? '').split(',').filter((id) => id !== '');
  if (ids.length === 0 || ids.length > pageSize.largest) {
    throw invalidAttribute('ids', `expected 1 to ${pageSize.largest} ids with commas between`);
  }
  const users = (await usersOf(call)).filter(({ id }) => ids.includes(String(id)));
  return listed(call, users, '/users/show_many.json');
}

/** API keys are nobody's address, but records are made by them, too. */
export async function showUser(call: Call): Promise<Answer> {
  const id = call.params.user ?? '';
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound();
  const user = await call.hub.access.principal(call.caller.principal.workspace, principalId(Number(id)));
  if (user === undefined) throw notFound();
  return { status: 200, outcome: 'found', body: { user: renderUser(user, call.api) } };
}

async function usersOf(call: Call): Promise<readonly UserView[]> {
  const users = await call.hub.access.users(call.caller.principal);
  return users.filter(({ kind }) => kind === 'user').sort((a, b) => a.id - b.id);
}

function listed(call: Call, users: readonly UserView[], path: string): Answer {
  const { items, members } = pageOfWhole(call, `${call.api}${path}`, users, 'offset');
  return {
    status: 200,
    outcome: 'listed',
    body: { users: items.map((user) => renderUser(user, call.api)), ...members },
  };
}

const renderUser = (user: Known, api: string): unknown => ({
  ...unusedMembers,
  id: user.id,
  url: `${api}/users/${user.id}.json`,
  name: user.name,
  email: user.email,
  role: isAdmin(user) ? 'admin' : isAgent(user) ? 'agent' : 'end-user',
  role_type: isAdmin(user) ? 4 : 0,
  verified: true,
  active: user.disabled !== true,
  suspended: user.disabled === true,
});

/** What the vendor tells of users and this server does not know: typed clients fail on members that are missing. */
const unusedMembers = {
  created_at: unknownTime,
  updated_at: unknownTime,
  last_login_at: unknownTime,
  time_zone: 'UTC',
  iana_time_zone: 'Etc/UTC',
  phone: null,
  shared_phone_number: null,
  photo: null,
  locale_id: 1,
  locale: 'en-US',
  organization_id: null,
  external_id: null,
  tags: [],
  alias: null,
  shared: false,
  shared_agent: false,
  two_factor_auth_enabled: false,
  signature: null,
  details: null,
  notes: null,
  role_type: null,
  custom_role_id: null,
  moderator: false,
  ticket_restriction: null,
  only_private_comments: false,
  restricted_agent: false,
  default_group_id: null,
  report_csv: false,
  chat_only: false,
  user_fields: {},
};
