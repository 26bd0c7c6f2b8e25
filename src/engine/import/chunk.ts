/** One chunk of an import: its rows as commands, and the outcomes of those as outcomes of the rows. */
import type { Catalogue, LinkType } from '../../model/catalogue.ts';
import type { ImportCommand, ImportRow } from '../../model/commands.ts';
import type { ImportOutcome, RowViolation } from '../../model/imports.ts';
import type { Stale, StaleLink } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import { byKey, formatRef, type Ref } from '../../model/ref.ts';
import type { WriteCommand } from '../write/commands.ts';
import type { BatchOutcome, WriteItem } from '../write/run-batch.ts';

/** Rows of one transaction. Larger ones gain little and hold their records longer. */
const chunkRows = 1000;
/**
 * So long is what a chunk has of the body, in characters, but for its last row. Three chunks are in memory at once, each several times over:
 * as text, as values, and as they are written.
 */
const chunkCharacters = 4 * 1024 * 1024;

export async function* inChunks(
  rows: AsyncIterable<readonly ImportRow[]>,
): AsyncGenerator<readonly ImportRow[], undefined> {
  let chunk: ImportRow[] = [];
  let characters = 0;
  for await (const some of rows) {
    for (const row of some) {
      chunk.push(row);
      characters += row.source.length;
      if (chunk.length < chunkRows && characters < chunkCharacters) continue;
      yield chunk;
      chunk = [];
      characters = 0;
    }
  }
  if (chunk.length > 0) yield chunk;
}

/** A row with the write that it asks for; without one, it is rejected as it is. */
export type JudgedRow = { readonly row: ImportRow; readonly key: string | null } & (
  | { readonly item: WriteItem }
  | { readonly item: null; readonly violation: RowViolation }
);

export function commandOf(catalogue: Catalogue, caller: Caller, command: ImportCommand, row: ImportRow): JudgedRow {
  if (row.kind === 'unreadable') {
    return { row, key: null, item: null, violation: { code: 'row_unreadable', message: row.message } };
  }
  if (row.kind === 'row' && command.kind === 'records') {
    const key = keyOf(row.fields[command.key]);
    if (key === null) return { row, key, item: null, violation: keyMissing(command.key) };
    const { type, mode } = command;
    const stamp = row.stamp ?? command.stamp;
    const upsert = {
      kind: 'upsert' as const,
      type,
      mode,
      ref: byKey(command.key, key),
      fields: row.fields,
      ...(stamp === undefined ? {} : { stamp }),
      ...(command.force && { force: command.force }),
    };
    return { row, key, item: { caller, command: upsert, place: row.index } };
  }
  const link = command.kind === 'links' ? catalogue.links.get(command.link) : undefined;
  if (row.kind !== 'link' || link === undefined) throw new Error('A row is of another kind than its import');
  const key = `${keyText(row.left)} ${keyText(row.right)}`;
  return { row, key, item: { caller, command: linkCommandOf(link, command, row), place: row.index } };
}

type LinkWrite = Extract<WriteCommand, { kind: 'link' | 'unlink' }>;
type Unfinished<Write> = Write extends unknown ? { -readonly [Name in keyof Write]: Write[Name] } : never;

/** Member after member: a spread for each that may be absent would be half of what a row of a million leaves to be collected. */
function linkCommandOf(link: LinkType, command: ImportCommand, row: ImportRow & { kind: 'link' }): LinkWrite {
  const { role, newRole, attributes } = row;
  const from = { type: link.left, ref: row.left };
  const to = { ref: row.right };
  const defers = (row.onMissing ?? (command.kind === 'links' ? command.onMissing : undefined)) === 'defer';
  const written: Unfinished<LinkWrite> =
    row.action === 'unlink'
      ? { kind: 'unlink', from, link: link.name, to, which: 'all', withdraw: defers }
      : { kind: 'link', from, link: link.name, to };
  const stamp = row.stamp ?? command.stamp;
  if (role !== undefined) written.role = role;
  if (defers) written.defer = { expiresAt: null };
  if (stamp !== undefined) written.stamp = stamp;
  if (command.force) written.force = command.force;
  if (written.kind === 'link') {
    if (newRole !== undefined) written.newRole = newRole;
    if (attributes !== undefined) written.attributes = attributes;
  }
  return written;
}

/** @param outcome of its command; undefined when it had none. */
export function outcomeOf(judged: JudgedRow, outcome: BatchOutcome<number> | undefined): ImportOutcome {
  const { row, key } = judged;
  const place = { index: row.index, line: row.line, key };
  if (judged.item === null) return { ...place, kind: 'rejected', violations: [judged.violation] };
  if (typeof outcome !== 'object' || !('kind' in outcome)) throw new Error('A row of a chunk was not judged');
  switch (outcome.kind) {
    case 'rejected':
      return { ...place, kind: 'rejected', violations: outcome.violations };
    case 'unlinked':
      return { ...place, kind: outcome.removed.length > 0 ? 'updated' : 'unchanged', written: null };
    case 'deferred':
      return { ...place, kind: 'deferred', written: null };
    case 'waits':
      return { ...place, kind: 'unchanged', written: null };
    case 'withdrawn':
      return { ...place, kind: 'updated', written: null };
    case 'stale':
      return {
        ...place,
        kind: 'stale',
        written: 'record' in outcome ? writtenBy(outcome) : null,
        stale: staleOf(outcome),
      };
    case 'deleted':
      throw new Error('An import deletes nothing');
    default: {
      const written = { ...place, kind: outcome.kind, written: writtenBy(outcome) };
      return 'stale' in outcome && outcome.stale !== undefined ? { ...written, stale: outcome.stale } : written;
    }
  }
}

type Writing =
  | { readonly link: { readonly number: number } }
  | { readonly record: number | { readonly number: number } };

function writtenBy(outcome: Writing): number {
  if ('link' in outcome) return outcome.link.number;
  return typeof outcome.record === 'number' ? outcome.record : outcome.record.number;
}

const staleOf = (outcome: StaleLink | { readonly stale: Stale }): Stale =>
  'stale' in outcome ? outcome.stale : [{ field: null, sent: outcome.sent, stored: outcome.stored }];

const keyText = (ref: Ref): string => (ref.by === 'key' ? ref.value : formatRef(ref));

function keyOf(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : null;
}

const keyMissing = (field: string): RowViolation => ({
  code: 'required_missing',
  field,
  message: `A row needs its key: send ${field} as text or number.`,
});
