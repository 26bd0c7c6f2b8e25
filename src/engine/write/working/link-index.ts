/** The links of a working set, by what they are looked for. */
import type { LinkType } from '../../../model/catalogue.ts';
import type { WorkingLink } from './working-set.ts';

export class LinkIndex {
  readonly all = new Set<WorkingLink>();
  readonly #byPlace = new Map<string, WorkingLink[]>();
  /** Made when it is asked for: most batches do not ask, and it has two entries for each link. */
  #byRecord: Map<number, WorkingLink[]> | undefined;

  add(link: WorkingLink): void {
    this.all.add(link);
    if (this.#byRecord !== undefined) addToRecords(this.#byRecord, link);
    const { link_type: type, left_number: left, right_number: right, one_left, one_right } = link.row;
    addTo(this.#byPlace, `pair ${type} ${left} ${right}`, link);
    if (one_left !== null) addTo(this.#byPlace, `left ${type} ${one_left}`, link);
    if (one_right !== null) addTo(this.#byPlace, `right ${type} ${one_right}`, link);
  }

  ofPair(link: LinkType, left: number, right: number): WorkingLink[] {
    const links = this.#byPlace.get(`pair ${link.id} ${left} ${right}`);
    return links === undefined ? [] : there(links).sort((a, b) => a.row.number - b.row.number);
  }

  ofSingleLeft(link: LinkType, left: number): WorkingLink | undefined {
    return there(this.#byPlace.get(`left ${link.id} ${left}`))[0];
  }

  ofSingleRight(link: LinkType, right: number): WorkingLink | undefined {
    return there(this.#byPlace.get(`right ${link.id} ${right}`))[0];
  }

  ofRecord(number: number): WorkingLink[] {
    if (this.#byRecord === undefined) {
      this.#byRecord = new Map();
      for (const link of this.all) addToRecords(this.#byRecord, link);
    }
    return there(this.#byRecord.get(number));
  }
}

const there = (links: readonly WorkingLink[] | undefined): WorkingLink[] => links?.filter(({ gone }) => !gone) ?? [];

function addToRecords(index: Map<number, WorkingLink[]>, link: WorkingLink): void {
  const { left_number: left, right_number: right } = link.row;
  addTo(index, left, link);
  if (right !== left) addTo(index, right, link);
}

function addTo<Place>(index: Map<Place, WorkingLink[]>, place: Place, link: WorkingLink): void {
  const links = index.get(place);
  if (links === undefined) index.set(place, [link]);
  else links.push(link);
}
