/** Who may do what: of each who can come in, what its role, its grants and the interfaces that name it come to. */
import type { Catalogue, Interface, RecordType } from '../../model/catalogue.ts';
import type { ListRejected, Rejected } from '../../model/outcomes.ts';
import type { Caller, GrantAction, Principal } from '../../model/principal.ts';
import { readPrincipalsInForce } from '../../store/access/principals.ts';
import type { Database } from '../../store/postgres/database.ts';
import { writableBy } from '../ownership.ts';
import { decodeCursor, encodeCursor, foreignCursor } from '../read/cursor.ts';
import { rejected, unknownRecordType } from '../write/judging/rejected.ts';
import { callsByRight, may } from './grants.ts';
import { toPrincipal } from './to-principal.ts';

export type RightsView = {
  readonly principal: Principal;
  /** By record type, in the order of the schema; types of which it may do nothing are left out. */
  readonly types: ReadonlyMap<string, readonly GrantAction[]>;
  /** The endpoints of the synchronising interfaces that it may send sets to. */
  readonly interfaces: readonly string[];
};

/** `type`: only what they may do with this. `action`: only those who may do it, with `type` or with any. */
export type RightsQuery = {
  readonly type?: string;
  readonly action?: GrantAction;
  readonly principal?: number;
  readonly limit: number;
  readonly cursor?: string;
};

export type RightsOutcome =
  | { readonly kind: 'page'; readonly items: readonly RightsView[]; readonly next: string | null }
  | { readonly kind: 'forbidden' }
  | Rejected
  | ListRejected;

export async function rights(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  { type, action, principal, limit, cursor }: RightsQuery,
): Promise<RightsOutcome> {
  if (caller.principal.role !== 'admin') return { kind: 'forbidden' };
  if (type !== undefined && !catalogue.types.has(type)) return rejected(unknownRecordType(catalogue, type));
  const { workspace } = catalogue;
  const identity = [workspace, 'rights', type, action, principal];
  const [after] = cursor === undefined ? [0] : (decodeCursor(identity, cursor) ?? []);
  if (typeof after !== 'number' || !Number.isSafeInteger(after)) return foreignCursor;
  const place = { only: principal ?? null, after };
  const rows = await database.inWorkspace(workspace, (tx) => readPrincipalsInForce(tx, workspace, place));
  const [grantable, sets] = [grantableOn(catalogue, type), setsOf(catalogue, type)];
  const items: RightsView[] = [];
  for (const row of rows) {
    const view = rightsOf(grantable, sets, toPrincipal(row), row.client_ids);
    if (!(action === undefined ? mayAnything(view) : mayDo(sets, view, action))) continue;
    const last = items.at(limit - 1);
    if (last !== undefined) return { kind: 'page', items, next: encodeCursor(identity, [last.principal.id]) };
    items.push(view);
  }
  return { kind: 'page', items, next: null };
}

/** By type, all that there is to be granted of it. */
type Grantable = ReadonlyMap<string, readonly GrantAction[]>;

function rightsOf(
  grantable: Grantable,
  sets: readonly Sets[],
  principal: Principal,
  clientIds: readonly string[],
): RightsView {
  const types = new Map<string, readonly GrantAction[]>();
  for (const [type, all] of grantable) {
    const actions = all.filter((action) => may(principal, action, type));
    if (actions.length > 0) types.set(type, actions);
  }
  const interfaces = sets.flatMap(({ on }) =>
    (callsByRight(principal, on) ?? clientIds.some((id) => on.apiKeys.includes(id))) ? [on.endpoint] : [],
  );
  return { principal, types, interfaces };
}

function grantableOn({ types, links }: Catalogue, only: string | undefined): Grantable {
  const grantable = new Map<string, GrantAction[]>();
  for (const type of only === undefined ? types.keys() : [only])
    grantable.set(type, ['read', 'create', 'edit', 'delete', 'force']);
  for (const { left, right } of links.values()) {
    const actions = grantable.get(left);
    if (actions !== undefined && !actions.includes(`attach:${right}`)) actions.push(`attach:${right}`);
  }
  return grantable;
}

const mayAnything = ({ types, interfaces }: RightsView): boolean => types.size > 0 || interfaces.length > 0;

const mayDo = (sets: readonly Sets[], view: RightsView, action: GrantAction): boolean =>
  [...view.types.values()].some((actions) => actions.includes(action)) ||
  sets.some(({ on, actions }) => actions.has(action) && view.interfaces.includes(on.endpoint));

/** An interface that takes complete sets, and what these do without a grant for it. */
type Sets = { readonly on: Interface; readonly actions: ReadonlySet<GrantAction> };

/** `only`: what they do with this type, of those that do something with it. */
function setsOf({ interfaces, types }: Catalogue, only: string | undefined): Sets[] {
  return [...interfaces.values()].flatMap((on) => {
    const type = types.get(on.type);
    if (type === undefined || on.direction !== 'synchronising') return [];
    const acts = actsOf(type, on).filter(([concerned]) => only === undefined || concerned === only);
    return only === undefined || acts.length > 0 ? [{ on, actions: new Set(acts.map(([, action]) => action)) }] : [];
  });
}

type Act = readonly [type: string, action: GrantAction];

function actsOf(type: RecordType, on: Interface): Act[] {
  const { records, fields, relations } = writableBy(type, on);
  const acts = relations.map(({ link }): Act => [link.left, `attach:${link.right}`]);
  if (records) acts.push([type.key, 'create']);
  if (records && on.deletePolicy === 'delete') acts.push([type.key, 'delete']);
  if (fields.length + relations.length > 0) acts.push([type.key, 'edit']);
  return acts;
}
