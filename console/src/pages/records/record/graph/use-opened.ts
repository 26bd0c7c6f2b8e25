import { useQueries } from '@tanstack/react-query';
import { neighboursQuery, seenFrom } from '../../../../api/links.ts';
import { useCatalogue } from '../../../../api/use-catalogue.ts';
import { useNeighbourNames } from '../neighbours.ts';
import type { Known, Pointer } from './tree.ts';

/** The links of those that were opened up, as far as they have come, and what the records at their other ends are called. */
export function useOpened(asked: readonly Pointer[]) {
  const catalogue = useCatalogue();
  const answers = useQueries({ queries: asked.map(({ type, id }) => neighboursQuery(type, id)) });
  const known = new Map(
    asked.flatMap((pointer, index): [string, Known][] => {
      const [type, list] = [catalogue.get(pointer.type), answers[index]?.data];
      if (type === undefined || list === undefined) return [];
      return [[pointer.id, { links: seenFrom(type, pointer, list.items), hasMore: list.next !== null }]];
    }),
  );
  return { known, names: useNeighbourNames([...known.values()].map(({ links }) => links)) };
}
