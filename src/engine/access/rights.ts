/** Who may do what: of each who can come in, what its role, its grants and the interfaces that name it come to. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { ListRejected, Rejected } from '../../model/outcomes.ts';
import type { Caller, GrantAction, Principal } from '../../model/principal.ts';
import { readPrincipalsInForce } from '../../store/access/principals.ts';
import type { Database } from '../../store/postgres/database.ts';
import { decodeCursor, encodeCursor, foreignCursor } from '../read/cursor.ts';
import { rejected, unknownRecordType } from '../write/rejected.ts';
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
  if (typeof after !== 'number') return foreignCursor;
  const rows = await database.inWorkspace(workspace, (tx) => readPrincipalsInForce(tx, workspace, principal ?? null));
  const able = rows
    .filter((row) => row.principal_id > after)
    .map((row) => rightsOf(catalogue, toPrincipal(row), row.client_ids, type))
    .filter((view) => (action === undefined ? mayAnything(view) : mayDo(catalogue, view, action)));
  const items = able.slice(0, limit);
  const last = able.length > limit ? items.at(-1) : undefined;
  return { kind: 'page', items, next: last === undefined ? null : encodeCursor(identity, [last.principal.id]) };
}

function rightsOf(
  catalogue: Catalogue,
  principal: Principal,
  clientIds: readonly string[],
  only: string | undefined,
): RightsView {
  const types = new Map<string, readonly GrantAction[]>();
  for (const type of only === undefined ? catalogue.types.keys() : [only]) {
    const actions = actionsOn(catalogue, type).filter((action) => may(principal, action, type));
    if (actions.length > 0) types.set(type, actions);
  }
  const interfaces = [...catalogue.interfaces.values()].filter(
    (one) =>
      one.direction === 'synchronising' &&
      (only === undefined || one.type === only) &&
      (callsByRight(principal, one) ?? clientIds.some((id) => one.apiKeys.includes(id))),
  );
  return { principal, types, interfaces: interfaces.map(({ endpoint }) => endpoint) };
}

/** All that there is to be granted of a type. */
function actionsOn({ links }: Catalogue, type: string): GrantAction[] {
  const attachable = [...links.values()].flatMap(({ left, right }) => (left === type ? [right] : []));
  const attaches = [...new Set(attachable)].map((right): GrantAction => `attach:${right}`);
  return ['read', 'create', 'edit', 'delete', 'force', ...attaches];
}

const mayAnything = ({ types, interfaces }: RightsView): boolean => types.size > 0 || interfaces.length > 0;

/** A set creates, edits and deletes without a grant, where its sender is named by the interface. */
function mayDo({ interfaces }: Catalogue, view: RightsView, action: GrantAction): boolean {
  if ([...view.types.values()].some((actions) => actions.includes(action))) return true;
  const called = view.interfaces.flatMap((endpoint) => interfaces.get(endpoint) ?? []);
  if (action === 'delete') return called.some(({ deletePolicy }) => deletePolicy === 'delete');
  return called.length > 0 && (action === 'create' || action === 'edit');
}
