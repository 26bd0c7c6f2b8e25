/** The records around one, as far as somebody has opened them up: a tree of what was reached first, and where it meets itself again. */
import type { SeenLink } from '../../../../api/links.ts';
import type { ShownLink } from '../../../../api/types.ts';

export type Pointer = ShownLink['left'];

/** What is known of a record's links; there may be more of them. */
export type Known = { readonly links: readonly SeenLink[]; readonly hasMore: boolean };

export type Node = {
  readonly pointer: Pointer;
  /** What joins it to the one before it. */
  readonly label: string;
  readonly children: readonly Node[];
  readonly hasMore: boolean;
};

/** A link between two that are shown already. */
export type Crossing = { readonly from: string; readonly to: string };

export type Neighbourhood = {
  /** What links to the record, and what it links to. */
  readonly left: readonly Node[];
  readonly right: readonly Node[];
  readonly crossings: readonly Crossing[];
  readonly hasMore: boolean;
};

/** More would be no picture any more: the list of links has all. */
const mostOfOne = 12;

type Group = { readonly other: Pointer; readonly label: string; readonly links: readonly SeenLink[] };
type Reached = { readonly groups: readonly Group[]; readonly hasMore: boolean };

/** @param opened what is known of those that were opened up, by the id of the record. */
export function neighbourhoodOf(center: Pointer, known: Known, opened: ReadonlyMap<string, Known>): Neighbourhood {
  const seen = new Set([center.id]);
  const drawn = new Set<string>();
  const crossings: Crossing[] = [];

  /** Those that nothing led to before; the others are met again. */
  const reach = (from: Pointer, { links, hasMore }: Known): Reached => {
    const groups: Group[] = [];
    for (const group of grouped(links)) {
      if (group.links.every(({ link }) => drawn.has(link.id))) continue; // by which it was reached itself
      for (const { link } of group.links) drawn.add(link.id);
      if (seen.has(group.other.id)) crossings.push({ from: from.id, to: group.other.id });
      else groups.push(group);
    }
    const shown = groups.slice(0, mostOfOne);
    for (const { other } of shown) seen.add(other.id);
    return { groups: shown, hasMore: hasMore || shown.length < groups.length };
  };

  /** All of one distance before any of the next, so that each stands where it is nearest. */
  const grow = (groups: readonly Group[]): Node[] => {
    const next = groups.map(({ other }): Reached => {
      const of = opened.get(other.id);
      return of === undefined ? { groups: [], hasMore: false } : reach(other, of);
    });
    return groups.map(({ other, label }, index) => {
      const { groups: children = [], hasMore = false } = next[index] ?? {};
      return { pointer: other, label, children: grow(children), hasMore };
    });
  };

  const onSide = (side: 'left' | 'right'): Known => ({
    links: known.links.filter(({ end }) => end.side === side),
    hasMore: known.hasMore,
  });
  const [to, from] = [reach(center, onSide('left')), reach(center, onSide('right'))];
  return { left: grow(from.groups), right: grow(to.groups), crossings, hasMore: to.hasMore || from.hasMore };
}

/** Two records may be linked more than once: by several link types, or in several roles. */
function grouped(links: readonly SeenLink[]): Group[] {
  const inOrder = links.toSorted((a, b) => a.end.key.localeCompare(b.end.key));
  return [...Map.groupBy(inOrder, ({ other }) => other.id).values()].flatMap((some) => {
    const [first] = some;
    const labels = new Set(some.map(({ link, end }) => link.role ?? end.label));
    return first === undefined ? [] : [{ other: first.other, label: [...labels].sort().join(', '), links: some }];
  });
}
