import { expect, it } from 'vitest';
import { workspaceId } from '../../../model/ids.ts';
import { ReceivingGate } from '../receiving/receiving-gate.ts';
import { RunQueue } from './run-queue.ts';
import type { TakeUpContext } from './take-up.ts';

it('looks once more when it is woken at any moment of its work, also at its end', async () => {
  for (let turns = 0; turns < 20; turns++) {
    const looks = { number: 0 };
    const context = {
      catalogue: async () => ({}),
      database: {
        inWorkspace: async () => {
          looks.number += 1;
          if (looks.number === 1) void afterTurns(turns, () => queue.tryNow(workspaceId(1), 1));
          return false; // nothing waits
        },
      },
    };
    const queue = new RunQueue(context as unknown as TakeUpContext, new ReceivingGate());
    queue.tryNow(workspaceId(1), 1);
    await new Promise(setImmediate);
    expect(looks.number, `woken ${turns} turns after its first look`).toBe(2);
  }
});

async function afterTurns(turns: number, then: () => void): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await null;
  then();
}
