/** What every write of a record has in common: how it is done, and how its answer looks. */
import type { RecordType } from '../../../model/catalogue.ts';
import type { UpsertCommand } from '../../../model/commands.ts';
import { isObject } from '../../../model/json.ts';
import type { RecordView } from '../../../model/record.ts';
import { domainName, primaryKeyName } from '../domains.ts';
import type { Context } from '../operation.ts';
import { texts } from '../options.ts';
import { unable } from '../refusal.ts';
import { findsNothing, refuseRecord } from '../render.ts';
import { parseFields } from './record-body.ts';
import { notFound, refOf } from './target.ts';

export type Written = { readonly record: RecordView; readonly message: string };
/** Writes one body. */
export type Write = (context: Context, type: RecordType, body: Record<string, unknown>) => Promise<Written>;

export async function write(
  { hub, caller, options }: Context,
  type: RecordType,
  command: Omit<UpsertCommand, 'type'>,
  id = '',
): Promise<Written> {
  const outcome = await hub.upsert(caller, { ...command, type: type.key });
  if (outcome.kind === 'rejected') {
    const isMissing = findsNothing(outcome) && options.updateOfNothingStatus === 404;
    throw isMissing ? notFound({ type, id }) : refuseRecord(outcome, type, id);
  }
  const isNew = outcome.kind === 'created' || outcome.kind === 'revived';
  const message = (isNew ? texts.inserted : texts.updated)(domainName(type), outcome.record.number);
  return { record: outcome.record, message };
}

export const insert: Write = async (context, type, body) =>
  write(context, type, { ref: null, mode: 'create', fields: parseFields(type, body) });

/** The primary key in the body says which record. */
export const update: Write = async (context, type, body) => {
  const name = primaryKeyName(type);
  const id = body[name];
  if (id === undefined || id === null || id === '') throw unable(texts.valueRequired(name));
  const shown = isObject(id) || Array.isArray(id) ? JSON.stringify(id) : String(id);
  const command = { ref: refOf(id), mode: 'update', fields: parseFields(type, body) } as const;
  return write(context, type, command, shown);
};
