/** The beginning of an export whose changes are kept no more: the records that there are, by the time of their last change. */
import type { Call } from '../call.ts';
import { invalidPagination } from '../errors.ts';
import { refusalOf } from '../records/refuse.ts';
import type { CustomObject } from '../schema/view.ts';
import { type ChangedPage, exported } from './changed.ts';

/** Behind them follows all of the feed that is kept, with those again that were changed in it. */
export async function keptRecords(
  call: Call,
  object: CustomObject,
  { list, since }: { readonly list: string | null; readonly since: number },
  size: number,
): Promise<ChangedPage> {
  const outcome = await call.hub.list(call.caller, {
    type: object.type.key,
    filters: [{ field: 'updated_at', op: 'gte', value: new Date(since * 1000).toISOString() }],
    sort: [{ field: 'updated_at', descending: false }],
    limit: size,
    mayBeShort: true,
    ...(list === null ? {} : { cursor: list }),
  });
  if (outcome.kind === 'rejected') throw refusalOf(object, outcome.violations);
  if (outcome.kind === 'list_rejected') throw invalidPagination('cursor is not valid');
  return {
    records: outcome.items.map((record) => exported(call, object, record)),
    next: outcome.next === null ? { feed: '' } : { list: outcome.next, since },
    isEnd: false,
  };
}
