/** Where a value comes from: who wrote it, through what, since when, and who was refused it since. */
import type { Catalogue, Field } from '../../model/catalogue.ts';
import type { Caller } from '../../model/principal.ts';
import type { Ref } from '../../model/ref.ts';
import type { WhyView } from '../../model/why.ts';
import type { Database } from '../../store/postgres/database.ts';
import { readStamps } from '../../store/records/records.ts';
import { readLastWrite, readRefused } from '../../store/records/why.ts';
import {
  matchFieldViolations,
  recordNotFound,
  rejected,
  rejectedFor,
  unknownField,
} from '../write/judging/rejected.ts';
import { stampOfField } from '../write/working/stamps.ts';
import { isRejected, readableType } from './readable.ts';
import { findAll } from './records.ts';
import { type WhyLinksOutcome, whyLinks } from './why-links.ts';
import { mostRefused, refusalOf, writingOf } from './why-writing.ts';

/** `name`: of a field, or of links as the record type calls them, which are paged where a record has many. */
export type WhyQuery = {
  readonly type: string;
  readonly ref: Ref;
  readonly name: string;
  readonly limit: number;
  readonly cursor?: string;
};
export type WhyOutcome = { readonly kind: 'why'; readonly why: WhyView } | WhyLinksOutcome;

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
  const field = type.fieldsByKey.get(query.name);
  const end = type.linkEnds.get(query.name);
  if (field === undefined && end !== undefined) return whyLinks(database, catalogue, caller, type, end, query);
  if (field === undefined) return rejected(unknownField(type, query.name));
  return database.inWorkspace(catalogue.workspace, async (tx): Promise<WhyOutcome> => {
    const [record] = await findAll(tx, catalogue, [query]);
    if (record === undefined) return rejected(recordNotFound(type, query.ref, 'record'));
    const last = await readLastWrite(tx, catalogue.workspace, record.number, field.id);
    const refused = await readRefused(tx, catalogue.workspace, {
      number: record.number,
      member: field.id,
      names: namesOf(field),
      since: last?.at ?? new Date(0),
      limit: mostRefused,
    });
    const { owner } = field;
    const writing = last?.wrote ? writingOf(catalogue, last) : null;
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
