/**
 * Elements of a set that are for the same record, or for a new one of the same key: which of them counts. That the first does is found
 * while they are judged; for the other rules all that are not known by their hash are looked through before.
 */
import type { Interface } from '../../../model/catalogue.ts';
import type { ElementSource } from '../../../model/commands.ts';
import { byKey } from '../../../model/ref.ts';
import { isStorableText } from '../../../model/text.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { formOfKey } from '../../keys/key-of.ts';
import type { RunContext } from '../applying/apply.ts';
import { readElements } from '../applying/load-elements.ts';
import { NumberSet } from '../known/number-set.ts';
import { repeatedTexts } from '../known/text-set.ts';
import type { Received } from './receive.ts';
import type { Elements } from './unknown-elements.ts';

export type DuplicateRule = Interface['duplicates'];

/** `passedOver`: the place of an element that was passed over, and that does not count either; it is told once. */
export type Standing = { readonly kind: 'counts' | 'superseded' | 'rejected'; readonly passedOver?: number };

/** Of an element of which `number` is the record, if there is one; `form`: its key, by the rule of its field. */
type Named = { readonly form: string; readonly place: number; readonly number: number | undefined };

/** What was judged so far. */
export type Judged = {
  readonly numbers: NumberSet;
  /** Keys of rejected elements that have no record. */
  readonly rejected: ReadonlySet<string>;
};

export interface Duplicates {
  /** Called with each chunk before its elements are asked for. */
  look(chunk: readonly Named[]): void;
  standingOf(named: Named): Standing;
}

const counts: Standing = { kind: 'counts' };
const superseded: Standing = { kind: 'superseded' };

export class FirstCounts implements Duplicates {
  readonly #received: Received;
  readonly #judged: Judged;
  /** Of elements that were passed over, and came with other bytes as well. */
  #places: ReadonlyMap<number, number> = new Map();

  constructor(received: Received, judged: Judged) {
    this.#received = received;
    this.#judged = judged;
  }

  look(chunk: readonly Named[]): void {
    const { passedOver, known } = this.#received;
    const numbers = chunk.flatMap(({ number }) =>
      number !== undefined && passedOver.has(number) && !this.#judged.numbers.has(number) ? [number] : [],
    );
    this.#places = known.placesOf(new Set(numbers));
  }

  standingOf({ form, place, number }: Named): Standing {
    const { numbers, rejected } = this.#judged;
    if (rejected.has(form)) return superseded;
    if (number === undefined) return counts;
    const other = this.#places.get(number);
    if (numbers.has(number) || (other ?? place) < place) return superseded;
    return other === undefined ? counts : { kind: 'counts', passedOver: other };
  }
}

/** For the rules by which the last counts, or none does. */
export class FoundBefore implements Duplicates {
  readonly #rule: DuplicateRule;
  readonly #judged: Judged;
  /** By record, or by key where there is none: the last place of those that came more than once. */
  readonly #contested: ReadonlyMap<number | string, number>;
  readonly #places: Map<number, number>;

  private constructor(
    rule: DuplicateRule,
    judged: Judged,
    contested: ReadonlyMap<number | string, number>,
    places: Map<number, number>,
  ) {
    this.#rule = rule;
    this.#judged = judged;
    this.#contested = contested;
    this.#places = places;
  }

  static async among(
    tx: Transaction,
    context: RunContext,
    source: ElementSource,
    unknown: Elements,
    received: Received,
    judged: Judged,
  ): Promise<FoundBefore> {
    const { on, type } = context;
    const { passedOver, known, rejected } = received;
    const records = new NumberSet();
    const contested = new Map<number | string, number>();
    async function* newKeys(before: number): AsyncGenerator<{ text: string; place: number }> {
      for await (const chunk of unknown.chunks(source)) {
        const storable = chunk.filter(({ element }) => isStorableText(element.key));
        const set = await readElements(
          tx,
          context,
          storable.map(({ element }) => element),
        );
        for (const { element, place } of storable) {
          const number = set.find(type, byKey(on.key, element.key))?.number;
          if (number === undefined) yield { text: formOfKey(type, on, element.key), place };
          else if (before > 0) continue;
          else if (passedOver.has(number) || records.has(number)) contested.set(number, place);
          else records.add(number);
        }
      }
    }
    const mostNew = received.counts.received - passedOver.size;
    for (const [form, place] of await repeatedTexts(newKeys, mostNew)) contested.set(form, place);
    const numbers = [...contested.keys()].flatMap((id) =>
      typeof id === 'number' && passedOver.has(id) && !rejected.has(id) ? [id] : [],
    );
    return new FoundBefore(on.duplicates, judged, contested, known.placesOf(new Set(numbers)));
  }

  look(): void {}

  standingOf({ form, place, number }: Named): Standing {
    const id = number !== undefined && this.#contested.has(number) ? number : form;
    const last = this.#contested.get(id);
    // Not contested; but somebody may have made its record since, under another of its keys.
    if (last === undefined) return number !== undefined && this.#judged.numbers.has(number) ? superseded : counts;
    const other = typeof id === 'number' ? this.#places.get(id) : undefined;
    if (this.#rule === 'last' && place < Math.max(last, other ?? -1)) return superseded;
    const kind = this.#rule === 'last' ? 'counts' : 'rejected';
    if (other === undefined) return { kind };
    this.#places.delete(id as number);
    return { kind, passedOver: other };
  }
}
