/**
 * The index of filterable fields follows the schema: what of it nobody asks for any more goes, and a field that is filterable from now on
 * gets the records that there are. Whoever writes keeps it from the change on; lists do without until it has all records.
 */
import type { Catalogue, Field, RecordType } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import { own } from '../../model/own.ts';
import { cleanSoon } from '../../store/cleaning/cleaning-claims.ts';
import { type Database, isRaceLost, type Transaction, waitLongerForLocks } from '../../store/postgres/database.ts';
import { holdForIndex, insertEntries, removeEntries } from '../../store/records/field-index.ts';
import { valuesOf } from '../../store/records/records.ts';
import { lockSchema, type SchemaIds, updateSchemaIds } from '../../store/schemas.ts';
import { holdCatalogue, StaleCatalogue } from '../write/run-batch.ts';
import { entriesOf } from '../write/working/index-entries.ts';

/** A tenth of a second, for which a schema change may hold writes off, and others wait for a record. */
const atOnce = 5_000;

const missingIn = (type: RecordType): readonly Field[] => type.filterable.filter(({ indexed }) => !indexed);

/** `contact.email`: those whose index has not all records yet. */
export const fieldsFilling = ({ types }: Catalogue): string[] =>
  [...types.values()].flatMap((type) => missingIn(type).map(({ key }) => `${type.key}.${key}`));

/** @returns the number of the last record; undefined when there are no more. */
async function fillNext(
  tx: Transaction,
  workspace: number,
  type: RecordType,
  fields: readonly Field[],
  after: number,
): Promise<number | undefined> {
  const ids = fields.map(({ id }) => id);
  const rows = await holdForIndex(tx, workspace, { type: type.id, fields: ids, after, limit: atOnce });
  const entries = rows.flatMap((row) => entriesOf(type, fields, row.number, valuesOf(row)));
  if (entries.length > 0) insertEntries(tx, workspace, entries);
  return rows.length < atOnce ? undefined : rows.at(-1)?.number;
}

/** In the transaction of a schema change. A type of few records is filled with it, another one in the background. @returns the ids that say so. */
export async function alignIndex(
  tx: Transaction,
  before: Catalogue,
  after: Catalogue,
  ids: SchemaIds,
): Promise<SchemaIds> {
  const { workspace } = after;
  const types = { ...ids.types };
  let isDone = true;
  for (const type of after.types.values()) {
    const known = own(ids.types, type.key);
    const old = before.typesById.get(type.id);
    if (known === undefined) continue;
    const stale = old?.filterable.filter((field) => !isSame(field, type.fieldsById.get(field.id))) ?? [];
    for (const { id } of stale) await removeEntries(tx, workspace, type.id, id);
    const missing = type.filterable.filter(({ id, indexed }) => !indexed || stale.some((field) => field.id === id));
    const isFilled = missing.length === 0 || (await fillNext(tx, workspace, type, missing, 0)) === undefined;
    isDone &&= isFilled;
    const indexed = type.filterable.filter((field) => isFilled || !missing.includes(field)).map(({ id }) => id);
    types[type.key] = { ...known, indexed };
  }
  if (!isDone) cleanSoon(tx, workspace, clock.now());
  return { ...ids, types };
}

/** An option that is removed takes the values of records along. */
const isSame = (before: Field, after: Field | undefined): boolean =>
  after?.filterable === true &&
  before.options.every(({ value }) => after.options.some((option) => option.value === value));

export type FillingContext = {
  readonly database: Database;
  readonly catalogue: (workspace: WorkspaceId) => Promise<Catalogue>;
  readonly staleCatalogue: (workspace: WorkspaceId) => void;
};

/** By the schema as it is at this moment. */
export async function isFilled(context: FillingContext, workspace: WorkspaceId): Promise<boolean> {
  context.staleCatalogue(workspace);
  return fieldsFilling(await context.catalogue(workspace)).length === 0;
}

/** In the background, by one server at a time. @param pace pauses, and says whether to go on. @returns whether all is done. */
export async function fillIndexes(
  context: FillingContext,
  workspace: WorkspaceId,
  pace: () => Promise<boolean>,
): Promise<boolean> {
  for (;;) {
    const catalogue = await context.catalogue(workspace);
    const type = [...catalogue.types.values()].find((one) => missingIn(one).length > 0);
    if (type === undefined) return true;
    try {
      if (!(await fillType(context.database, catalogue, type, pace))) return false;
    } catch (fault) {
      // The schema is another one: what is still missing is looked up again.
      if (!(fault instanceof StaleCatalogue)) throw fault;
    }
    context.staleCatalogue(workspace);
  }
}

async function fillType(
  database: Database,
  catalogue: Catalogue,
  type: RecordType,
  pace: () => Promise<boolean>,
): Promise<boolean> {
  const { workspace } = catalogue;
  const missing = missingIn(type);
  for (let after: number | undefined = 0; after !== undefined; ) {
    const from: number = after;
    try {
      after = await database.inWorkspace(workspace, async (tx) => {
        await holdCatalogue(tx, catalogue);
        return fillNext(tx, workspace, type, missing, from);
      });
    } catch (fault) {
      // A long run holds some of the records: they come when it has ended.
      if (!isRaceLost(fault)) throw fault;
    }
    if (!(await pace())) return false;
  }
  await database.inWorkspace(workspace, (tx) => markIndexed(tx, catalogue, type, missing));
  return true;
}

async function markIndexed(
  tx: Transaction,
  { workspace, version }: Catalogue,
  type: RecordType,
  fields: readonly Field[],
): Promise<void> {
  waitLongerForLocks(tx, 60);
  const stored = await lockSchema(tx, workspace);
  const known = own(stored?.ids.types, type.key);
  if (stored === undefined || known === undefined || stored.version !== version) throw new StaleCatalogue();
  const indexed = [...(known.indexed ?? []), ...fields.map(({ id }) => id)];
  await updateSchemaIds(tx, workspace, {
    ...stored.ids,
    types: { ...stored.ids.types, [type.key]: { ...known, indexed } },
  });
}
