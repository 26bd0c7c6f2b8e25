/** Where a value comes from: who wrote it, through what, since when, and who was refused it since. */
import type { Catalogue, Field } from '../../model/catalogue.ts';
import { guidOf, principalId } from '../../model/ids.ts';
import type { Rejected } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import type { Ref } from '../../model/ref.ts';
import type { Refusal, WhyView, Writing } from '../../model/why.ts';
import type { Database } from '../../store/database.ts';
import { readStamps } from '../../store/records.ts';
import { type RefusedRow, readLastWrite, readRefused, type WriteRow } from '../../store/why.ts';
import { matchFieldViolations, recordNotFound, rejected, rejectedFor, unknownField } from '../write/rejected.ts';
import { stampOfField } from '../write/stamps.ts';
import { isRejected, readableType } from './readable.ts';
import { findAll } from './records.ts';

export type WhyQuery = { readonly type: string; readonly ref: Ref; readonly field: string };
export type WhyOutcome = { readonly kind: 'why'; readonly why: WhyView } | Rejected;

const mostRefused = 50;

export async function why(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  query: WhyQuery,
): Promise<WhyOutcome> {
  const type = readableType(catalogue, caller, query.type);
  if (isRejected(type)) return type;
  const misnamed = rejectedFor(matchFieldViolations(type, query.ref, 'record'));
  if (misnamed) return misnamed;
  const field = type.fieldsByKey.get(query.field);
  if (field === undefined) return rejected(unknownField(type, query.field));
  return database.inWorkspace(catalogue.workspace, async (tx): Promise<WhyOutcome> => {
    const [record] = await findAll(tx, catalogue, [query]);
    if (record === undefined) return rejected(recordNotFound(type, query.ref, 'record'));
    const last = await readLastWrite(tx, catalogue.workspace, record.number, field.id);
    const refused = await readRefused(tx, catalogue.workspace, {
      number: record.number,
      field: field.id,
      members: namesOf(field),
      since: last?.at ?? new Date(0),
      limit: mostRefused,
    });
    const { owner } = field;
    const writing = last?.wrote ? { ...writingOf(catalogue, last), import: importOf(catalogue, last) } : null;
    const stamp = stampOfField(await readStamps(tx, catalogue.workspace, record.number), field.id);
    const view = {
      stamp,
      record,
      field: field.key,
      value: record.fields[field.key] ?? null,
      owner,
      written: writing,
      notKept: last === undefined,
      forced: last?.forced ?? false,
    };
    return { kind: 'why', why: { ...view, refused: refused.map((row) => refusalOf(catalogue, row)) } };
  });
}

/** What senders may call it. */
const namesOf = (field: Field): string[] => [...new Set([field.key, field.label, ...Object.values(field.names)])];

const refusalOf = (catalogue: Catalogue, row: RefusedRow): Refusal => ({
  ...writingOf(catalogue, row),
  value: row.value,
  times: row.times,
});

const importOf = (catalogue: Catalogue, row: WriteRow): Writing['import'] =>
  row.import === null ? null : guidOf('import', catalogue.workspace, row.import);

const writingOf = (
  catalogue: Catalogue,
  row: Omit<WriteRow, 'wrote' | 'forced' | 'import'>,
): Omit<Writing, 'import'> => ({
  principal: { id: principalId(row.principal_id), name: row.principal_name },
  via: row.via,
  request: row.request,
  run: row.run === null ? null : guidOf('run', catalogue.workspace, row.run),
  interface: [...catalogue.interfaces.values()].find(({ id }) => id === row.interface)?.endpoint ?? null,
  row: row.place,
  at: row.at,
});
