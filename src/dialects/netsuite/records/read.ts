/** Reading: single records, and pages of lists. */
import type { ListRejected, Rejected } from '../../../model/outcomes.ts';
import { isPointer } from '../../../model/record.ts';
import type { Ref } from '../../../model/ref.ts';
import { inPieces } from '../../pieces.ts';
import type { Call } from '../call.ts';
import { invalidQuery } from '../lists/filter.ts';
import type { ListOptions, ReadOptions } from '../lists/query.ts';
import type { NetSuiteType } from '../names.ts';
import { renderRecord } from '../render.ts';
import { refusal } from '../violations.ts';
import { readRecord, readReferenced } from './find.ts';
import { readSubresources } from './subresources.ts';

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

/** Their numbers alone, which are all that a list shows: a page has as many as were asked for, however large they are. */
export async function listRecords(
  call: Call,
  type: NetSuiteType,
  { paging, filter }: ListOptions,
): Promise<{ numbers: readonly number[]; total: number }> {
  const query = { type: type.type.key, filters: filter === null ? [] : [filter] };
  const list = async (): Promise<number[]> => {
    const numbers: number[] = [];
    const pieces = inPieces(
      async (asked) => {
        const page = await call.hub.list(call.caller, { ...query, sort: [], ...asked });
        if (page.kind !== 'page') throw listRefusal(call, type, page);
        return page;
      },
      { limit: paging.limit, skip: paging.offset },
    );
    for await (const records of pieces) numbers.push(...records.map(({ number }) => number));
    return numbers;
  };
  const [numbers, counted] = await Promise.all([list(), call.hub.countListed(call.caller, query)]);
  if (counted.kind !== 'counted') throw listRefusal(call, type, counted);
  return { numbers, total: counted.count };
}

const listRefusal = (call: Call, type: NetSuiteType, outcome: Rejected | ListRejected): Error =>
  outcome.kind === 'rejected' ? refusal(call, { type }, outcome) : invalidQuery(outcome.message);
