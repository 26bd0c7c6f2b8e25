/** What the linked records are called. */
import type { SeenLink } from '../../../api/links.ts';
import { useNames } from '../../../api/names.ts';
import type { ShownLink } from '../../../api/types.ts';

/** Its number, where the name is not known: of a type that one may not read. */
export const nameOf = (other: ShownLink['left'], names: ReadonlyMap<string, string>): string =>
  names.get(other.id) ?? `#${other.number}`;

/** One request for each type of record, and for each hundred of its links. */
export function useNeighbourNames(pages: readonly (readonly Pick<SeenLink, 'other'>[])[]): ReadonlyMap<string, string> {
  return useNames(
    pages.flatMap((links) =>
      [...Map.groupBy(links, ({ other }) => other.type)].map(([type, some]) => ({
        type,
        ids: some.map(({ other }) => other.id),
      })),
    ),
  );
}
