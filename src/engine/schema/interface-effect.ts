/** What becomes of an interface's runs and records when it is removed, comes to keep another record type, or takes sets no more. */
import { clock } from '../../model/clock.ts';
import { own } from '../../model/own.ts';
import type { InterfaceDocument } from '../../model/schema.ts';
import { count } from '../../model/text.ts';
import { forgetPlansNaming } from '../../store/plans.ts';
import { countHeld, countQueued, letGoOfInterface } from '../../store/sync/interface-data.ts';
import { type Effect, type Situation, said } from './effect.ts';

export async function interfaceEffect(
  { tx, workspace, ids }: Situation,
  endpoint: string,
  before: InterfaceDocument | undefined,
  after: InterfaceDocument | undefined,
): Promise<Effect> {
  const id = own(ids.interfaces, endpoint);
  if (id === undefined || before === undefined || (after !== undefined && keeps(after) === keeps(before)))
    return { loss: null, obstacles: [], apply: null };
  const { runs, deletes } = await countHeld(tx, workspace, id);
  const queued = await countQueued(tx, workspace, id);
  const waiting = `${count(queued, 'set')} of ${endpoint} that wait${queued === 1 ? 's' : ''} to be applied and then fail${queued === 1 ? 's' : ''}`;
  const held = `what ${runs === 1 ? 'a run' : `${runs} runs`} of ${endpoint} hold${runs === 1 ? 's' : ''} for somebody’s approval, ${count(deletes, 'delete')}`;
  return {
    loss: [...(runs === 0 ? [] : [held]), ...(queued === 0 ? [] : [waiting])].join(', and ') || null,
    obstacles: [],
    apply: async (to) => {
      await letGoOfInterface(to, workspace, id, clock.now());
      await forgetPlansNaming(to, workspace, said('endpoint', endpoint));
    },
  };
}

/** The type of which it takes complete sets. Others may link its records without holding them once it takes none, so that none of them may be deleted for it. */
const keeps = ({ type, direction = 'synchronising' }: InterfaceDocument): string | null =>
  direction === 'synchronising' ? type : null;
