/**
 * The first half of a run: the body as it arrives. Elements that are known are counted and passed over, all others kept for judging. What is
 * known is read as far as the body needs it, so that the database reads on while this process looks at the body: of a set in its usual order
 * each element is known by the time that it comes.
 */
import type { ElementSource } from '../../../model/commands.ts';
import type { PackedElements } from '../../../model/packed.ts';
import type { RunCounts } from '../../../model/runs.ts';
import type { PlacedIssue } from '../../../store/sync/issues.ts';
import type { RunElement } from '../../../store/sync/run-elements.ts';
import type { ElementHasher } from '../known/element-hash.ts';
import type { KnownElements } from '../known/known-elements.ts';
import type { KnownSoFar } from '../known/known-so-far.ts';
import { NumberSet } from '../known/number-set.ts';
import { duplicateIssue } from '../runs/issues.ts';
import type { Progress } from '../runs/under-way.ts';
import type { DuplicateRule } from './duplicates.ts';
import { keptElement } from './kept-elements.ts';
import type { UnknownElements } from './unknown-elements.ts';

const issuesAtOnce = 1_000;

export type Received = {
  readonly known: KnownElements;
  /** Records whose elements were passed over. */
  readonly passedOver: NumberSet;
  /** Those of them whose elements came more than once, where none counts then. */
  readonly rejected: NumberSet;
  readonly counts: Pick<RunCounts, 'received' | 'unchanged' | 'superseded' | 'rejected'>;
};

/** What is found on the way: elements that came before, and come again. */
export type Repeated = { readonly issues: readonly PlacedIssue[]; readonly elements: readonly RunElement[] };

/** @param rule of elements that come more than once. */
export async function receive(
  source: ElementSource,
  progress: Progress,
  soFar: KnownSoFar,
  hasher: ElementHasher,
  unknown: UnknownElements,
  rule: DuplicateRule,
  report: (repeated: Repeated) => void,
): Promise<Received> {
  const { known } = soFar;
  const [passedOver, rejected] = [new NumberSet(), new NumberSet()];
  let [received, unchanged, lost] = [0, 0, 0];
  const outcome = rule === 'refuse' ? 'rejected' : 'superseded';
  let repeated: { issues: PlacedIssue[]; elements: RunElement[] } = { issues: [], elements: [] };
  for await (const elements of source.elements) {
    const before = received;
    received += elements.length;
    for (let index = 0; index < elements.length; index++) {
      const first = index;
      index = passOver(elements, first, before, known, hasher, passedOver);
      unchanged += index - first;
      if (index === elements.length) break;
      if (await soFar.readMore()) {
        index -= 1;
        continue;
      }
      const place = before + index;
      progress.received = place + 1;
      const raw = elements.at(index);
      const element = source.read(raw, place); // what is none makes the body no set
      const entry = known.find(hasher);
      if (entry < 0) {
        const staging = unknown.add(place, raw, hasher);
        if (staging !== undefined) await staging;
        continue;
      }
      const losing = placesThatLose(rule, known, entry, place, rejected);
      const number = known.numberAt(entry);
      const { key } = element;
      for (const one of losing) {
        repeated.issues.push(duplicateIssue(rule, { key, path: source.pathOf(one), place: one, number }));
        // All of them have the same hash, and so the same text.
        repeated.elements.push(keptElement({ place: one, key, number, outcome, source: raw.toString() }));
      }
      lost += losing.length;
      unchanged -= losing.length - 1;
    }
    progress.received = received;
    if (repeated.issues.length >= issuesAtOnce) {
      report(repeated);
      repeated = { issues: [], elements: [] };
    }
  }
  if (repeated.issues.length > 0) report(repeated);
  await unknown.complete();
  await soFar.readRest();
  const counts = { received, unchanged, superseded: 0, rejected: 0, [outcome]: lost };
  return { known, passedOver, rejected, counts };
}

/**
 * Passes over elements that came before, as nearly all of a set did. A loop of its own: where it is part of one that waits it takes twice as long.
 * @param before how many elements were in front of these. @returns which is the first that is unknown, or was passed over already: its hash is
 * the hasher's last.
 */
function passOver(
  elements: PackedElements,
  from: number,
  before: number,
  known: KnownElements,
  hasher: ElementHasher,
  passedOver: NumberSet,
): number {
  let index = from;
  for (; index < elements.length; index++) {
    hasher.hash(elements, index);
    const entry = known.find(hasher);
    if (entry < 0 || known.placeAt(entry) >= 0) break;
    known.markFound(entry, before + index);
    passedOver.add(known.numberAt(entry));
  }
  return index;
}

/** An element that was passed over has come again: where those stand that do not count for that. */
function placesThatLose(
  rule: DuplicateRule,
  known: KnownElements,
  entry: number,
  place: number,
  rejected: NumberSet,
): number[] {
  const before = known.placeAt(entry);
  if (rule === 'first') return [place];
  if (rule === 'last') {
    known.markFound(entry, place);
    return [before];
  }
  const number = known.numberAt(entry);
  if (rejected.has(number)) return [place];
  rejected.add(number);
  return [before, place];
}
