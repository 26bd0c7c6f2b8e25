/** Reading: single records, and pages of lists. */
import { isPointer, type RecordView } from '../../model/record.ts';
import type { Ref } from '../../model/ref.ts';
import type { Call } from './call.ts';
import { invalidQuery } from './filter.ts';
import { readRecord, readReferenced } from './find.ts';
import type { NetSuiteType } from './names.ts';
import type { ListOptions, ReadOptions } from './query.ts';
import { renderRecord } from './render.ts';
import { readSubresources } from './subresources.ts';
import { refusal } from './violations.ts';

/** A record as `GET /customer/107` answers it, with the names of what its lookups point at. */
export async function readWhole(
  call: Call,
  type: NetSuiteType,
  ref: Ref,
  options: ReadOptions,
): Promise<Record<string, unknown>> {
  const record = await readRecord(call, type, ref);
  const referenced = await readReferenced(call, Object.values(record.fields).filter(isPointer));
  return renderRecord(call, type, record, {
    options,
    referenced,
    subresources: await readSubresources(call, type, record, options),
  });
}

export async function listRecords(
  call: Call,
  type: NetSuiteType,
  { paging, filter }: ListOptions,
): Promise<{ items: readonly RecordView[]; total: number }> {
  const query = { type: type.type.key, filters: filter === null ? [] : [filter] };
  const { limit, offset: skip } = paging;
  const [page, counted] = await Promise.all([
    call.hub.list(call.caller, { ...query, sort: [], limit, skip }),
    call.hub.countListed(call.caller, query),
  ]);
  for (const outcome of [page, counted]) {
    if (outcome.kind === 'rejected') throw refusal(call, { type }, outcome);
    if (outcome.kind === 'list_rejected') throw invalidQuery(outcome.message);
  }
  if (page.kind !== 'page' || counted.kind !== 'counted') throw new Error('A list is a page or a refusal.');
  return { items: page.items, total: counted.count };
}
