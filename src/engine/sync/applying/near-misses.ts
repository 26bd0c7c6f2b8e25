/**
 * New records under a key that another record has in another spelling: in case, white space or Unicode form. Mostly that is one thing under
 * two names, so it is told when the second appears, and not found when both have been worked on. All of it is applied all the same.
 */
import type { Field } from '../../../model/catalogue.ts';
import { clock } from '../../../model/clock.ts';
import { type KeyRule, keyForm, keyRuleSteps } from '../../../model/key-rule.ts';
import { shorten } from '../../../model/text.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { hasOlderRecords } from '../../../store/records/records.ts';
import { findSpellings, readSpellingsOf, type Spelled } from '../../../store/records/spellings.ts';
import type { PlacedIssue } from '../../../store/sync/issues.ts';
import { formOf } from '../../keys/key-of.ts';
import { chunkSize } from '../receiving/unknown-elements.ts';
import type { RunContext } from './apply.ts';

/** Of new keys, and of records that the set leaves out. A first load of millions is looked at as far as that. */
const mostConsidered = 5_000;

export type NewKey = { readonly key: string; readonly number: number; readonly path: string; readonly place: number };

type Other = { readonly key: string; readonly number: number; readonly standing: 'left out' | 'stored' | 'new' };

const allSteps: KeyRule = ['trim', 'fold', 'nfc'];

/** What all spellings of a key have in common. */
const lookOf = (key: string): string => keyForm(allSteps, key.normalize('NFKC').replaceAll(/\s+/gu, ' '));

export class NearMisses {
  readonly #tx: Transaction;
  readonly #context: RunContext;
  readonly #created: NewKey[] = [];

  constructor(tx: Transaction, context: RunContext) {
    this.#tx = tx;
    this.#context = context;
  }

  add(created: NewKey): void {
    if (this.#created.length < mostConsidered) this.#created.push(created);
  }

  /** Once all elements are written. @param leftOut the records that the set does not have, which are still there. */
  async issues(leftOut: AsyncIterable<readonly number[]>): Promise<readonly PlacedIssue[]> {
    const { type, on } = this.#context;
    const field = type.fieldsByKey.get(on.key);
    if (this.#created.length === 0 || field === undefined) return [];
    const created = Map.groupBy(this.#created, ({ key }) => lookOf(key));
    const others = new Map<string, Other>();
    const note = ({ number, spelling }: Spelled, standing: Other['standing']): void => {
      const look = lookOf(spelling);
      const isOther = !created.get(look)?.some((one) => one.number === number);
      if (isOther && created.has(look) && !others.has(look)) others.set(look, { key: spelling, number, standing });
    };
    for await (const found of this.#leftOut(field, leftOut)) for (const one of found) note(one, 'left out');
    for await (const found of this.#otherwiseSpelled(field)) for (const one of found) note(one, 'stored');
    return [...created].flatMap(([look, [first, ...rest]]) => {
      const other = others.get(look);
      if (first === undefined) return [];
      if (other !== undefined) return [first, ...rest].map((one) => this.#issue(one, other));
      return rest.map((one) => this.#issue(one, { key: first.key, number: first.number, standing: 'new' }));
    });
  }

  async *#leftOut(field: Field, chunks: AsyncIterable<readonly number[]>): AsyncGenerator<readonly Spelled[]> {
    let considered = 0;
    for await (const numbers of chunks) {
      yield await readSpellingsOf(this.#tx, this.#context.catalogue.workspace, field.id, numbers);
      considered += numbers.length;
      if (considered >= mostConsidered) return;
    }
  }

  /** No index has the keys by what their spellings have in common, so the usual spellings are looked up; not in a first load of its type. */
  async *#otherwiseSpelled(field: Field): AsyncGenerator<readonly Spelled[]> {
    const { catalogue, type } = this.#context;
    const first = this.#created.reduce((least, { number }) => Math.min(least, number), Number.POSITIVE_INFINITY);
    if (!(await hasOlderRecords(this.#tx, catalogue.workspace, type.id, first))) return;
    const place = { type: type.id, field: field.id };
    for (let start = 0; start < this.#created.length; start += chunkSize) {
      const forms = this.#created.slice(start, start + chunkSize).flatMap(({ key }) => otherFormsOf(field, key));
      if (forms.length > 0) yield await findSpellings(this.#tx, catalogue.workspace, place, forms);
    }
  }

  #issue({ key, number, path, place }: NewKey, other: Other): PlacedIssue {
    const { type, on, planned } = this.#context;
    const holder = `${type.key} ${other.number}`;
    const inWords = {
      'left out': `the key of ${holder}, which this set leaves out`,
      stored: `the key of ${holder}`,
      new: planned?.willNotBe(other.number)
        ? 'the key of another element of the set, which is new as well'
        : `the key of ${holder}, which is new in this set as well`,
    }[other.standing];
    const steps = stepsBetween(key, other.key);
    const rule = steps && `, or let the two be one key by \`key_rule: [${steps.join(', ')}]\` of ${on.key}`;
    const renamed = `If it was renamed, revert this run, give ${holder} the new key, and send the set again. `;
    return {
      severity: 'warning',
      code: 'near_miss',
      key: shorten(key, 512),
      number,
      path,
      place,
      member: null,
      value: null,
      other: other.number,
      message: `${shorten(JSON.stringify(key), 100)} is new, and differs only in case, white space or Unicode form from ${shorten(JSON.stringify(other.key), 100)}, ${inWords}. It was created all the same.`,
      remedy: `${other.standing === 'left out' ? renamed : ''}If both are the same thing, correct the key where it is sent${other.standing === 'left out' ? '' : ' and merge the two records'}${rule ?? ''}. Otherwise nothing: it is told once.`,
      at: clock.now(),
    };
  }
}

/** The forms of its usual other spellings which are not its own. */
function otherFormsOf(field: Field, key: string): string[] {
  const forms = new Set([...spellingsOf(key)].map((spelling) => formOf(field, spelling)));
  forms.delete(formOf(field, key));
  return [...forms];
}

/** The key and its usual other spellings. */
function spellingsOf(key: string): Set<string> {
  const plain = key.normalize('NFKC').trim().replaceAll(/\s+/gu, ' ');
  const spellings = new Set<string>();
  for (const one of new Set([key, key.trim(), key.normalize('NFC'), key.normalize('NFD'), plain])) {
    const lower = one.toLowerCase();
    const capitalised = lower.slice(0, 1).toUpperCase() + lower.slice(1);
    for (const spelling of [one, lower, one.toUpperCase(), capitalised]) spellings.add(spelling);
  }
  return spellings;
}

/** The shortest rule by which they are one key, if there is one. */
function stepsBetween(key: string, other: string): KeyRule | undefined {
  const rules: readonly KeyRule[] = [...keyRuleSteps.map((step) => [step]), allSteps];
  return rules.find((rule) => keyForm(rule, key) === keyForm(rule, other));
}
