/** The elements of a run that are kept, for those who may read the record type of its interface. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { ElementReader, SetElement, SetReaders } from '../../model/commands.ts';
import { guidOf } from '../../model/ids.ts';
import type { Caller } from '../../model/principal.ts';
import type { ElementKind, ElementListOutcome } from '../../model/runs.ts';
import { isStorableText } from '../../model/text.ts';
import type { Database } from '../../store/postgres/database.ts';
import { readElements } from '../../store/sync/run-elements.ts';
import { pointerTo } from '../views.ts';
import { decodeCursor, encodeCursor, foreignCursor } from './cursor.ts';
import { findRunRow } from './runs.ts';

export type ElementQuery = {
  /** Empty: all. */
  readonly outcomes: readonly ElementKind[];
  readonly key?: string;
  /** Only these. */
  readonly places?: readonly number[];
  readonly resolved?: boolean;
  /** Only those with an issue of it. */
  readonly severity?: 'error' | 'warning';
  readonly limit: number;
  readonly cursor?: string;
};

/** In the order of the body. @param readers of elements, by the formats that this server knows. */
export const listElements = (
  database: Database,
  catalogue: Catalogue,
  readers: SetReaders,
  caller: Caller,
  run: string,
  { outcomes, key: asked, places: among, resolved: are, severity: of, limit, cursor }: ElementQuery,
): Promise<ElementListOutcome> =>
  database.inWorkspace(catalogue.workspace, async (tx): Promise<ElementListOutcome> => {
    const found = await findRunRow(tx, catalogue, caller, null, run);
    if (found === undefined) return { kind: 'unknown_run' };
    const { row, on } = found;
    const [key, places, resolved, severity] = [asked ?? null, among ?? null, are ?? null, of ?? null];
    const identity = [catalogue.workspace, 'elements', row.run, outcomes, key, resolved, severity];
    const [after] = cursor === undefined ? [-1] : (decodeCursor(identity, cursor) ?? []);
    if (typeof after !== 'number' || !Number.isSafeInteger(after)) return foreignCursor;
    if (key !== null && !isStorableText(key)) return { kind: 'page', items: [], next: null, keyField: on.key };
    const filter = { outcomes, key, places, resolved, severity };
    const { rows, isMore } = await readElements(tx, catalogue.workspace, row.run, filter, { after, limit });
    const last = isMore ? rows.at(-1) : undefined;
    const type = catalogue.types.get(on.type);
    // A reader of its own for each: what one of them cannot be read by does not hinder the next.
    const reader = () => type && readers[row.format ?? '']?.({ catalogue, interface: on, type });
    return {
      kind: 'page',
      keyField: on.key,
      items: rows.map(({ number, resolved_by: by, ...one }) => ({
        ...one,
        record: number === null ? null : pointerTo(catalogue, on.type, number),
        element: elementIn(reader(), one),
        resolvedBy: by === null ? null : guidOf('run', catalogue.workspace, by),
      })),
      next: last === undefined ? null : encodeCursor(identity, [last.place]),
    };
  });

/** The schema may have changed so that it cannot be read any more. */
function elementIn(
  reader: ElementReader | undefined,
  { source, place }: { readonly source: string | null; readonly place: number },
): SetElement | null {
  if (reader === undefined || source === null) return null;
  try {
    return reader.read(source, place);
  } catch {
    return null;
  }
}
