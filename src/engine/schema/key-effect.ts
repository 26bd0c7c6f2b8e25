/** What it means for stored data that a field becomes a match field, is one no more, or compares its keys by another rule. */
import { isSameRule, type KeyRule } from '../../model/key-rule.ts';
import type { FieldDocument } from '../../model/schema.ts';
import { count, shorten } from '../../model/text.ts';
import * as data from '../../store/schema-data.ts';
import { keyLimits } from '../values.ts';
import { type Effect, none, type Situation } from './effect.ts';
import { type Collision, findKeyCollisions, rekey } from './rekey.ts';
import { endWaitingBy, sidesOf } from './waiting-links.ts';

/** null: it is no match field. */
type Rules = { readonly before: KeyRule | null; readonly after: KeyRule | null };

export const keyRuleOf = (field: string, document: FieldDocument | undefined): KeyRule | null =>
  document?.unique || field === 'external_id' || field === 'sync_key' ? (document?.key_rule ?? []) : null;

export const changesKeys = ({ before, after }: Rules): boolean =>
  before === null || after === null ? before !== after : !isSameRule(before, after);

export async function keyEffect(
  situation: Situation,
  place: { readonly type: string; readonly field: string },
  at: { readonly type: number; readonly field: number },
  { before, after }: Rules,
): Promise<Effect> {
  const { tx, workspace } = situation;
  const name = `${place.type}.${place.field}`;
  if (after === null) {
    const waiting = await endWaitingBy(situation, place, at.field);
    const apply: Effect['apply'] = async (to) => {
      await waiting.apply(to);
      await data.removeKeys(to, workspace, at.type, at.field);
    };
    return { loss: waiting.loss, obstacles: [], apply };
  }
  if (before === null && after.length === 0) return becomesUnique(situation, name, at);
  const rekeying = { ...at, before, after, ...sidesOf(situation, place.type) };
  const apply: Effect['apply'] = (to) => rekey(to, workspace, rekeying);
  // Whatever differs by some rule differs exactly.
  if (after.length === 0) return { ...none, apply };
  const found = await findKeyCollisions(tx, workspace, at, after);
  const obstacles = found.shown.map((collision) => inWords(name, collision));
  if (found.count > found.shown.length)
    obstacles.push(
      `${count(found.count, 'key')} of ${name} in all would stand in more than one record: the first ${found.shown.length} are listed.`,
    );
  if (found.unfit > 0) obstacles.push(unfitInWords(found.unfit, name));
  return { loss: null, obstacles, apply };
}

function inWords(name: string, { form, holders, more }: Collision): string {
  const records = holders.map(({ number, spelling }) => `${number} has ${JSON.stringify(shorten(spelling, 80))}`);
  const others = more === 0 ? '' : `, and ${more.toLocaleString('en')} more`;
  return `${name} would be the key ${JSON.stringify(shorten(form, 80))} of more than one record: ${records.join(', ')}${others}. Merge them, or change all but one.`;
}

const unfitInWords = (unfit: number, name: string): string =>
  `${count(unfit, 'value')} of ${name} cannot be keys: a key is not empty, and has at most ${keyLimits.characters} characters and ${keyLimits.bytes} bytes. Change them first.`;

async function becomesUnique(
  { tx, workspace }: Situation,
  name: string,
  at: { readonly type: number; readonly field: number },
): Promise<Effect> {
  const { values, example } = await data.findCollisions(tx, workspace, at);
  const unfit = await data.countUnfitKeys(tx, workspace, at, keyLimits);
  if (unfit > 0) return { ...none, obstacles: [unfitInWords(unfit, name)] };
  const obstacles =
    values === 0
      ? []
      : [`${count(values, 'value')} of ${name} stand in more than one record, as ${example}. Make them differ first.`];
  return { loss: null, obstacles, apply: (to) => data.addKeys(to, workspace, at.type, at.field) };
}
