/** Records by what names them. */
import type { RecordPointer, RecordView } from '../../../model/record.ts';
import { byNumber, type Ref } from '../../../model/ref.ts';
import type { Call } from '../call.ts';
import type { NetSuiteType } from '../names.ts';
import type { Referenced } from '../render.ts';
import { refusal } from '../violations.ts';

/** @throws NetSuiteError when it is not there, or not for the caller. */
export async function readRecord(call: Call, type: NetSuiteType, ref: Ref): Promise<RecordView> {
  const outcome = await call.hub.find(call.caller, type.type.key, ref);
  if (outcome.kind === 'rejected') throw refusal(call, { type }, outcome);
  return outcome.record;
}

/** Those of the records that are there and that the caller may read. */
export async function readReferenced(call: Call, pointers: readonly RecordPointer[]): Promise<Referenced> {
  const distinct = new Map(pointers.map((pointer) => [pointer.number, pointer]));
  const outcomes = await Promise.all(
    [...distinct.values()].map(({ type, number }) => call.hub.find(call.caller, type, byNumber(number))),
  );
  return new Map(
    outcomes.flatMap((outcome) => (outcome.kind === 'found' ? [[outcome.record.number, outcome.record]] : [])),
  );
}
