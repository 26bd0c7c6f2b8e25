/** Plans and applies schema changes, in one transaction that holds every write off until it ends. */
import type { Catalogue } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { Caller } from '../../model/principal.ts';
import type { SchemaDocument } from '../../model/schema.ts';
import { insertEvents } from '../../store/access/audit.ts';
import { type Database, type Transaction, waitLongerForLocks } from '../../store/postgres/database.ts';
import { isChangedSince, lockSchema, readSchema, type SchemaRow, updateSchema } from '../../store/schemas.ts';
import { mayConfigure } from '../access/grants.ts';
import { schemaEvents } from '../audit/schema-events.ts';
import { compileCatalogue } from './compile.ts';
import { changedMembers, diffDocuments, type EntityDifference, sameJson } from './diff.ts';
import type { Effect } from './effect.ts';
import { effectOf } from './effects.ts';
import { alignIndex, fieldsFilling } from './fill-index.ts';
import { assignIds, numberRoles } from './ids.ts';
import type { SchemaChange, SchemaMoved, SchemaOutcome, SchemaPlan, SchemaProblem } from './plan.ts';
import { validateSchema } from './validate.ts';
import { watchInterfaces } from './watch.ts';

type Change = (current: SchemaDocument) => SchemaDocument;

type Planned =
  | {
      readonly kind: 'planned';
      readonly document: SchemaDocument;
      readonly changes: SchemaChange[];
      readonly effects: Effect[];
    }
  | { readonly kind: 'invalid'; readonly problems: readonly [SchemaProblem, ...SchemaProblem[]] };

/** @param options.ifVersion the version that the change was made from: any other is left as it is. */
export async function planSchema(
  database: Database,
  caller: Caller,
  change: Change,
  { ifVersion }: { ifVersion?: number } = {},
): Promise<SchemaPlan> {
  if (!mayConfigure(caller.principal)) return { kind: 'forbidden' };
  const { workspace } = caller.principal;
  return database.inWorkspace(workspace, async (tx): Promise<SchemaPlan> => {
    const stored = await existing(readSchema(tx, workspace));
    const moved = await movedFrom(tx, workspace, stored, ifVersion);
    if (moved !== undefined) return moved;
    const planned = await plan(tx, workspace, stored, change);
    if (planned.kind === 'invalid') return planned;
    const filling = fieldsFilling(compileCatalogue(workspace, stored));
    return { kind: 'plan', version: stored.version, changes: planned.changes, filling };
  });
}

export async function applySchema(
  database: Database,
  caller: Caller,
  change: Change,
  options: { allowLoss: boolean; ifVersion?: number },
): Promise<SchemaOutcome> {
  if (!mayConfigure(caller.principal)) return { kind: 'forbidden' };
  const { workspace } = caller.principal;
  return database.inWorkspace(workspace, async (tx): Promise<SchemaOutcome> => {
    waitLongerForLocks(tx, 60);
    const stored = await existing(lockSchema(tx, workspace));
    const moved = await movedFrom(tx, workspace, stored, options.ifVersion);
    if (moved !== undefined) return moved;
    const planned = await plan(tx, workspace, stored, change);
    if (planned.kind === 'invalid') return planned;
    const { changes, effects, document } = planned;
    const catalogueOf = (row: SchemaRow): Catalogue => compileCatalogue(workspace, row);
    if (changes.length === 0) return { kind: 'applied', changes, catalogue: catalogueOf(stored) };
    if (!options.allowLoss && changes.some((one) => one.loss !== null)) return { kind: 'loss_refused', changes };
    for (const effect of effects) await effect.apply?.(tx);
    const at = clock.now();
    const before = catalogueOf(stored);
    const given = assignIds(stored.ids, stored.document, document, at.toISOString());
    const changed = { ...stored, version: stored.version + 1, document, ids: given };
    const next = { ...changed, ids: await alignIndex(tx, before, catalogueOf(changed), given) };
    await updateSchema(tx, workspace, next, { principal: caller.principal.id, request: caller.requestId, at });
    insertEvents(tx, workspace, caller, schemaEvents(stored, next, changes), at);
    const catalogue = catalogueOf(next);
    watchInterfaces(tx, before, catalogue, at);
    return { kind: 'applied', changes, catalogue };
  });
}

/** What is noted beside the document, as that an index is filled, makes another version too, and is nobody's change of the schema. */
async function movedFrom(
  tx: Transaction,
  workspace: number,
  { version: actual }: SchemaRow,
  expected: number | undefined,
): Promise<SchemaMoved | undefined> {
  if (expected === undefined || expected === actual) return undefined;
  const isSame = expected < actual && !(await isChangedSince(tx, workspace, expected));
  return isSame ? undefined : { kind: 'version_mismatch', expected, actual };
}

async function existing(row: Promise<SchemaRow | undefined>): Promise<SchemaRow> {
  const stored = await row;
  if (stored === undefined) throw new Error('The workspace has no schema row');
  return stored;
}

async function plan(tx: Transaction, workspace: number, stored: SchemaRow, change: Change): Promise<Planned> {
  const wanted = change(structuredClone(stored.document));
  const [problem, ...more] = validateSchema(wanted);
  if (problem !== undefined) return { kind: 'invalid', problems: [problem, ...more] };
  const document = numberRoles(stored.document, wanted);
  const differences = diffDocuments(stored.document, document);
  const problems: SchemaProblem[] = [];
  const changes: SchemaChange[] = [];
  const effects: Effect[] = [];
  for (const difference of withoutContained(differences)) {
    const effect = await effectOf(
      { tx, workspace, ids: stored.ids, before: stored.document, after: document },
      difference,
    );
    for (const message of effect.obstacles) problems.push({ path: difference.path, message });
    effects.push(effect);
    changes.push(...changesOf(difference, effect));
  }
  const [obstacle, ...others] = problems;
  if (obstacle !== undefined) return { kind: 'invalid', problems: [obstacle, ...others] };
  if (changes.length === 0 && !sameJson(Object.keys(stored.document.types ?? {}), Object.keys(document.types ?? {}))) {
    changes.push({ action: 'change', path: 'types', before: 'order', after: 'order', loss: null });
  }
  return { kind: 'planned', document, changes, effects };
}

/** With a record type its fields and links go: they are not listed one by one, nor counted twice. */
function withoutContained(differences: readonly EntityDifference[]): EntityDifference[] {
  const removed = new Set(
    differences.flatMap(({ entity, after }) => (entity.kind === 'type' && after === undefined ? [entity.type] : [])),
  );
  return differences.filter(({ entity, after }) => {
    if (after !== undefined || removed.size === 0) return true;
    return entity.kind !== 'field' || !removed.has(entity.type);
  });
}

function changesOf(difference: EntityDifference, effect: Effect): SchemaChange[] {
  const { path, before, after } = difference;
  const { loss } = effect;
  if (before === undefined) return [{ action: 'add', path, before: null, after, loss }];
  if (after === undefined) return [{ action: 'remove', path, before, after: null, loss }];
  if (Array.isArray(before)) return [{ action: 'change', path, before, after, loss }];
  return changedMembers(difference).map((one, index) => ({
    action: 'change',
    path: `${path}.${one.member}`,
    before: one.before ?? null,
    after: one.after ?? null,
    loss: index === 0 ? loss : null,
  }));
}
