/**
 * Late links and removals: each pair keeps what its link was last made or removed as of, even when it has none any more, and each side
 * that takes one link only what it was last taken as of. Only writes with a stamp, and those to records with such links, come here.
 */
import type { LinkType, Role } from '../../../model/catalogue.ts';
import type { LinkCommand } from '../../../model/commands.ts';
import type { Violation } from '../../../model/outcomes.ts';
import type { Stamp, StampKind } from '../../../model/stamp.ts';
import type { LinkStampPlace, LinkStampRow } from '../../../store/links/link-stamps.ts';
import { leftIsSingle, rightIsSingle } from '../judging/single-sides.ts';
import { deletedAsOf, lastingName, saidText, stampViolation } from './stamps.ts';
import type { WorkingLink, WorkingRow, WorkingSet } from './working-set.ts';

/** Instead of a slot: of the pair in every role. */
export const everySlot = -1;
/** Greater than what any link says: of one stamp, the removal wins. */
export const saidOfRemoval = '~';

/** All that a link with a stamp says. */
export function saidOfLink(role: Role | null, attributes: LinkCommand['attributes']): string {
  const named = Object.entries(attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return saidText([role?.number ?? null, named]);
}

const textOf = ({ link_type, left_number, right_number, slot }: LinkStampPlace): string =>
  `${link_type} ${left_number} ${right_number} ${slot}`;

/** Those that a batch knows of. */
export class LinkStamps {
  readonly #rows = new Map<string, LinkStampRow>();
  readonly #changed = new Map<string, LinkStampRow>();

  addStored(row: LinkStampRow): void {
    this.#rows.set(textOf(row), row);
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  at(place: LinkStampPlace): LinkStampRow['stamp'] | undefined {
    return this.#rows.get(textOf(place))?.stamp;
  }

  put(row: LinkStampRow): void {
    this.#rows.set(textOf(row), row);
    this.#changed.set(textOf(row), row);
  }

  get changed(): LinkStampRow[] {
    return [...this.#changed.values()].sort(
      (a, b) =>
        a.link_type - b.link_type ||
        a.left_number - b.left_number ||
        a.right_number - b.right_number ||
        a.slot - b.slot,
    );
  }
}

type Ends = { readonly link: LinkType; readonly left: WorkingRow; readonly right: WorkingRow };

/** All that may be known of the links of these records. */
export function linkStampPairs(
  link: LinkType,
  lefts: readonly WorkingRow[],
  rights: readonly WorkingRow[],
): Omit<LinkStampPlace, 'slot'>[] {
  const place = (left: number, right: number) => ({ link_type: link.id, left_number: left, right_number: right });
  return [
    ...lefts.flatMap((left) => rights.map((right) => place(left.number, right.number))),
    ...(leftIsSingle(link) ? lefts.map((left) => place(left.number, 0)) : []),
    ...(rightIsSingle(link) ? rights.map((right) => place(0, right.number)) : []),
  ];
}

const placeOf = ({ link, left, right }: Ends, slot: number): LinkStampPlace => ({
  link_type: link.id,
  left_number: left.number,
  right_number: right.number,
  slot,
});

function kindViolation(set: WorkingSet, stamp: Stamp, places: readonly LinkStampPlace[]): Violation | undefined {
  const other = places
    .map((place) => set.linkStamps.at(place))
    .find((known) => known !== undefined && known.kind !== stamp.kind);
  if (other === undefined) return stampViolation(stamp, set.now, undefined);
  return kindMismatch(stamp, other.kind);
}

export const kindMismatch = ({ kind: given }: Stamp, expected: StampKind): Violation => ({
  code: 'stamp_kind_mismatch',
  expected,
  given,
  message: `Links of these records are written with ${expected}, which ${given} cannot be compared with. Send ${expected}, or neither.`,
});

type Said = { readonly at: number; readonly said: string };
/** Of one stamp, what says the greater text. */
export const isLater = (one: Said, other: Said): boolean =>
  one.at > other.at || (one.at === other.at && one.said > other.said);

/** Later writes of these records must look here. */
function mark(...rows: readonly WorkingRow[]): void {
  for (const row of rows) if (!row.stamps?.links) row.stamps = { ...row.stamps, links: true };
}

/** `stored`: a newer write that the link has to give way to. `pushedOut`: links of other pairs that this one came after all the same. */
export type LinkAge = { readonly stored: Stamp | undefined; readonly pushedOut: readonly WorkingLink[] };

export function linkAge(set: WorkingSet, ends: Ends, slot: number, stamp: Stamp, said: string): LinkAge | Violation {
  const { link, left, right } = ends;
  const pair = placeOf(ends, slot);
  const everyRole = placeOf(ends, everySlot);
  const claims = [
    { place: pair, said, taken: undefined },
    ...(leftIsSingle(link)
      ? [
          {
            place: { ...pair, right_number: 0, slot: 0 },
            said: lastingName(right),
            taken: set.linkOfLeft(link, left.number),
          },
        ]
      : []),
    ...(rightIsSingle(link)
      ? [
          {
            place: { ...pair, left_number: 0, slot: 0 },
            said: lastingName(left),
            taken: set.linkOfRight(link, right.number),
          },
        ]
      : []),
  ];
  const unfit = kindViolation(set, stamp, [...claims.map(({ place }) => place), everyRole]);
  if (unfit) return unfit;
  let stored: Stamp | undefined;
  const pushedOut: WorkingLink[] = [];
  for (const { place, said: text, taken } of claims) {
    const known = set.linkStamps.at(place);
    if (known !== undefined && isLater(known, { at: stamp.at, said: text })) {
      stored ??= { kind: known.kind, at: known.at };
      continue;
    }
    set.linkStamps.put({ ...place, stamp: { ...stamp, said: text } });
    if (taken !== undefined && !(taken.row.left_number === left.number && taken.row.right_number === right.number))
      pushedOut.push(taken);
  }
  for (const known of [set.linkStamps.at(everyRole), deletedAsOf(left, stamp.kind), deletedAsOf(right, stamp.kind)])
    if (known !== undefined && known.at >= stamp.at) stored ??= { kind: known.kind, at: known.at };
  mark(left, right);
  return { stored, pushedOut };
}

/** `removed`: of the links that it names, those that are not newer. @param slot null: in every role. */
export type RemovalAge = { readonly stored: Stamp | undefined; readonly removed: readonly WorkingLink[] };

export function removalAge(
  set: WorkingSet,
  ends: Ends,
  slot: number | null,
  stamp: Stamp,
  matching: readonly WorkingLink[],
): RemovalAge | Violation {
  const place = placeOf(ends, slot ?? everySlot);
  const slots = matching.map(({ row }) => placeOf(ends, row.slot));
  const unfit = kindViolation(set, stamp, [place, ...slots]);
  if (unfit) return unfit;
  const known = set.linkStamps.at(place);
  const removal = { ...stamp, said: saidOfRemoval };
  if (known === undefined || isLater(removal, known)) set.linkStamps.put({ ...place, stamp: removal });
  mark(ends.left, ends.right);
  // By what was known before: the place may be the link's own.
  const atOf = ({ row }: WorkingLink): Stamp | undefined =>
    slot !== null && row.slot === slot ? known : set.linkStamps.at(placeOf(ends, row.slot));
  const newer = matching.map(atOf).filter((at) => at !== undefined && at.at > stamp.at);
  return {
    stored: newer[0] === undefined ? undefined : { kind: newer[0].kind, at: newer[0].at },
    removed: matching.filter((at) => (atOf(at)?.at ?? Number.NEGATIVE_INFINITY) <= stamp.at),
  };
}

/** A write without a stamp counts as of now; where versions are counted, as between the last one and the next. */
export function raiseLinkStamps(set: WorkingSet, { row }: WorkingLink): void {
  if (set.linkStamps.isEmpty) return;
  const pair = { link_type: row.link_type, left_number: row.left_number, right_number: row.right_number };
  for (const place of [
    { ...pair, slot: row.slot },
    { ...pair, right_number: 0, slot: 0 },
    { ...pair, left_number: 0, slot: 0 },
  ]) {
    const known = set.linkStamps.at(place);
    if (known === undefined) continue;
    set.linkStamps.put({ ...place, stamp: { ...known, at: raisedOver(known, set.now) } });
  }
}

export const raisedOver = ({ kind, at }: Stamp, now: Date): number =>
  kind === 'as_of' ? Math.max(now.getTime() * 1000, Math.floor(at) + 1) : Math.floor(at) + 0.5;
