/** Records of a list piece by piece, of which each goes into the memory, for answers that must have all that were asked for. */
import type { ListQuery } from '../model/commands.ts';
import type { Page } from '../model/outcomes.ts';
import type { RecordView } from '../model/record.ts';

type Asked = Pick<ListQuery, 'limit' | 'mayBeShort' | 'skip' | 'cursor'>;

const mostAtOnce = 1000;

/**
 * @param read throws what the dialect answers a refusal with.
 * @param limit of all pieces together; absent: to the end of the list.
 */
export async function* inPieces(
  read: (asked: Asked) => Promise<Page<RecordView>>,
  { limit = Number.POSITIVE_INFINITY, skip = 0 }: { readonly limit?: number; readonly skip?: number } = {},
): AsyncGenerator<readonly RecordView[], undefined> {
  let atOnce = mostAtOnce;
  let place: Pick<Asked, 'skip' | 'cursor'> = { skip };
  for (let left = limit; left > 0; ) {
    const asked = Math.min(atOnce, left);
    const { items, next } = await read({ limit: asked, mayBeShort: true, ...place });
    yield items;
    if (next === null) return;
    // What is asked for beyond the piece is read by the database all the same, and sent for nothing.
    atOnce = items.length < asked ? items.length : Math.min(mostAtOnce, 2 * atOnce);
    left -= items.length;
    place = { cursor: next };
  }
}

/** With its first piece read already, so that what is refused is refused before the answer begins. */
export async function begun<Piece>(pieces: AsyncGenerator<Piece>): Promise<AsyncIterable<Piece>> {
  const first = await pieces.next();
  return (async function* () {
    if (first.done !== true) yield first.value;
    yield* pieces;
  })();
}
