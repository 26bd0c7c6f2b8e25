/**
 * A bulk import: rows are upserted by a match field, in chunks of one transaction each, by the same rules as single writes. Every row
 * gets an outcome once its chunk is committed, so that an import that is cut short can go on after the last row that was answered.
 */
import type { ImportCommand, ImportRow } from '../../model/commands.ts';
import type { ImportOutcome, Rejected, Violation } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import type { RecordPointer } from '../../model/record.ts';
import { byKey } from '../../model/ref.ts';
import { grantViolations, may } from '../access/grants.ts';
import { attemptBatch, publicFault, type WriteContext } from '../write/attempt.ts';
import { matchFieldViolations, rejected, rejectedFor, unknownRecordType } from '../write/rejected.ts';
import type { WriteItem } from '../write/run-batch.ts';

/** Rows of one transaction. Larger ones gain little and hold their records longer. */
const chunkRows = 1000;
/** While one chunk is being written, the next is being judged. */
const chunksAtOnce = 2;

export type Import =
  | { readonly kind: 'importing'; readonly outcomes: AsyncIterable<readonly ImportOutcome[]> }
  | Rejected;

/** Refused before a row is read when the type or key cannot be, or the caller may write no row of it. */
export async function startImport(
  context: WriteContext,
  caller: Caller,
  command: ImportCommand,
  rows: AsyncIterable<readonly ImportRow[]>,
): Promise<Import> {
  const catalogue = await context.catalogue();
  const type = catalogue.types.get(command.type);
  if (type === undefined) return rejected(unknownRecordType(catalogue, command.type));
  const misnamed = rejectedFor(matchFieldViolations(type, byKey(command.key, ''), 'record'));
  if (misnamed) return misnamed;
  const mayWrite = (['create', 'edit'] as const).some((action) => may(caller.principal, action, type.key));
  const ungranted = mayWrite ? undefined : rejectedFor(grantViolations(caller.principal, 'edit', type.key));
  return ungranted ?? { kind: 'importing', outcomes: importRows(context, caller, command, rows) };
}

async function* importRows(
  context: WriteContext,
  caller: Caller,
  command: ImportCommand,
  rows: AsyncIterable<readonly ImportRow[]>,
): AsyncGenerator<readonly ImportOutcome[]> {
  const underWay: Promise<readonly ImportOutcome[]>[] = [];
  for await (const chunk of inChunks(rows)) {
    const outcomes = importChunk(context, caller, command, chunk);
    outcomes.catch(() => {}); // thrown where it is awaited
    underWay.push(outcomes);
    if (underWay.length >= chunksAtOnce) yield await (underWay.shift() as Promise<readonly ImportOutcome[]>);
  }
  for (const outcomes of underWay) yield await outcomes;
}

async function* inChunks(rows: AsyncIterable<readonly ImportRow[]>): AsyncGenerator<readonly ImportRow[]> {
  let chunk: ImportRow[] = [];
  for await (const some of rows) {
    for (const row of some) {
      chunk.push(row);
      if (chunk.length < chunkRows) continue;
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

async function importChunk(
  context: WriteContext,
  caller: Caller,
  command: ImportCommand,
  chunk: readonly ImportRow[],
): Promise<readonly ImportOutcome[]> {
  const items: WriteItem[] = [];
  const keys = chunk.map((row) => (row.kind === 'row' ? keyOf(row.fields[command.key]) : null));
  chunk.forEach((row, index) => {
    const key = keys[index];
    if (row.kind !== 'row' || key === null || key === undefined) return;
    const { type, mode } = command;
    items.push({
      caller,
      command: { kind: 'upsert', type, mode, ref: byKey(command.key, key), fields: row.fields },
    });
  });
  let judged: Awaited<ReturnType<typeof attemptBatch<RecordPointer>>>;
  try {
    judged =
      items.length === 0
        ? []
        : await attemptBatch(context, items, { wait: true, show: (set, row) => set.pointer(row) });
  } catch (fault) {
    throw publicFault(fault);
  }
  const outcomes = judged.values();
  return chunk.map((row, index): ImportOutcome => {
    const place = { index: row.index, line: row.line, key: keys[index] ?? null };
    if (row.kind === 'unreadable') return { ...place, kind: 'unreadable', message: row.message };
    if (place.key === null) return { ...place, kind: 'rejected', violations: [keyMissing(command.key)] };
    const outcome = outcomes.next().value;
    if (typeof outcome !== 'object' || !('kind' in outcome)) throw new Error('A row of a chunk was not judged');
    if (outcome.kind === 'rejected') return { ...place, kind: 'rejected', violations: outcome.violations };
    if (!('record' in outcome) || outcome.kind === 'deleted') throw new Error('A row was not upserted');
    return { ...place, kind: outcome.kind, record: outcome.record };
  });
}

const keyOf = (value: unknown): string | null => {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : null;
};

const keyMissing = (field: string): Violation => ({
  code: 'required_missing',
  field,
  message: `A row needs its key: send ${field} as text or number.`,
});
