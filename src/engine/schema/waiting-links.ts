/** Links that wait for a record by a key, and would do so for ever once there is no such key, or link type, any more. */
import { clock } from '../../model/clock.ts';
import { count } from '../../model/text.ts';
import * as data from '../../store/schema-data.ts';
import { linkDocuments } from './compile.ts';
import { type Effect, lossOf, type Situation } from './effect.ts';

type Place = { readonly type: string; readonly field: string };

/** The link types that a record type is on the left and on the right of. */
export function sidesOf(
  { before, ids }: Situation,
  type: string,
): { readonly lefts: number[]; readonly rights: number[] } {
  const links = linkDocuments(before).flatMap(([key, link]) => {
    const id = ids.links[key];
    return id === undefined ? [] : [{ id, left: key.split('.')[0], right: link.to }];
  });
  return {
    lefts: links.filter(({ left }) => left === type).map(({ id }) => id),
    rights: links.filter(({ right }) => right === type).map(({ id }) => id),
  };
}

/** Of a field whose values are keys no more. */
export async function endWaitingBy(
  situation: Situation,
  { type, field }: Place,
  fieldId: number,
): Promise<Pick<Effect, 'loss'> & { readonly apply: NonNullable<Effect['apply']> }> {
  const { tx, workspace } = situation;
  const waiting = { field: fieldId, ...sidesOf(situation, type) };
  const links = await data.countPendingByField(tx, workspace, waiting, clock.now());
  return {
    loss: lossOf(links, `${inWords(links)} for a record by ${type}.${field}`),
    apply: (to) => data.removePendingByField(to, workspace, waiting),
  };
}

/** Of link types that go. */
export async function waitingOf({ tx, workspace }: Situation, linkTypes: readonly number[]): Promise<string | null> {
  const links = await data.countPendingOfTypes(tx, workspace, linkTypes, clock.now());
  return lossOf(links, `${inWords(links)} for its records`);
}

const inWords = (links: number): string => `${count(links, 'link')} that ${links === 1 ? 'waits' : 'wait'}`;

/** What is lost of several things. */
export function together(...losses: readonly (string | null)[]): string | null {
  const some = losses.filter((loss) => loss !== null);
  return some.length === 0 ? null : some.join(', and ');
}
