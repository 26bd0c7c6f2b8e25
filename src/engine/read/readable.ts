/** Whether a reader may read a record type at all. */
import type { Catalogue, RecordType } from '../../model/catalogue.ts';
import type { Rejected } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import { grantViolations } from '../access/grants.ts';
import { rejected, rejectedFor, unknownRecordType } from '../write/judging/rejected.ts';

/** The type a reader asks for, when there is one and it may read it. */
export function readableType(catalogue: Catalogue, caller: Caller, key: string): RecordType | Rejected {
  const type = catalogue.types.get(key);
  if (type === undefined) return rejected(unknownRecordType(catalogue, key));
  return rejectedFor(grantViolations(caller.principal, 'read', key)) ?? type;
}

export const isRejected = (value: object): value is Rejected => 'kind' in value && value.kind === 'rejected';
