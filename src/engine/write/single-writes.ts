/** Single writes: each is told the outcome of its own kind by the lane of its workspace. What an owner refused is kept, for `why` to tell. */
import type {
  DeleteOutcome,
  LinkOutcome,
  Rejected,
  StaleLink,
  UnlinkOutcome,
  UpsertOutcome,
} from '../../model/outcomes.ts';
import type { DeferOutcome, WithdrawOutcome } from '../../model/pending.ts';
import type { Caller } from '../../model/principal.ts';
import { shownOutcome } from '../access/shown.ts';
import type { Doors } from '../doors.ts';
import type { Hub } from '../hub.ts';
import type { Explain } from '../keys/merged-away.ts';
import { isRejected } from '../read/readable.ts';
import type { WriteCommand } from './commands.ts';
import { isOfOwner, type Refused } from './refusals.ts';

type SingleWrites = Pick<Hub, 'upsert' | 'delete' | 'link' | 'unlink' | 'linkOrDefer' | 'unlinkOrWithdraw'>;

export function singleWrites(doors: Doors, explain: Explain): SingleWrites {
  const write = async <Outcome>(caller: Caller, command: WriteCommand): Promise<Outcome | Rejected> => {
    const outcome = await doors.of(caller.principal.workspace).writes.submit({ caller, command });
    return shownOutcome(caller.principal, outcome) as Outcome | Rejected;
  };

  /** The refusal is answered whether it could be kept or not. */
  const keepRefusal = async (refused: Refused): Promise<Rejected> => {
    await doors
      .of(refused.caller.principal.workspace)
      .refusals.submit(refused)
      .catch(() => {});
    return refused.outcome;
  };

  const writeLink = async <Outcome extends { kind: string }>(
    caller: Caller,
    command: WriteCommand & { readonly kind: 'link' | 'unlink' },
  ): Promise<Outcome | Rejected> => {
    const outcome = await write<Outcome>(caller, command);
    return isRejected(outcome) && isOfOwner(outcome) ? keepRefusal({ caller, command, outcome }) : outcome;
  };

  return {
    async upsert(caller, command) {
      const outcome = await write<UpsertOutcome>(caller, { kind: 'upsert', ...command });
      return outcome.kind === 'rejected' && isOfOwner(outcome)
        ? keepRefusal({ caller, command, outcome })
        : explain(caller, outcome);
    },
    delete: async (caller, command) =>
      explain(caller, await write<DeleteOutcome>(caller, { kind: 'delete', ...command })),
    link: (caller, command) => writeLink<LinkOutcome>(caller, { kind: 'link', ...command }),
    unlink: (caller, command) => writeLink<UnlinkOutcome>(caller, { kind: 'unlink', ...command }),
    linkOrDefer: (caller, command) =>
      writeLink<LinkOutcome | StaleLink | DeferOutcome>(caller, { kind: 'link', ...command }),
    unlinkOrWithdraw: (caller, command) =>
      writeLink<UnlinkOutcome | StaleLink | WithdrawOutcome | DeferOutcome>(caller, {
        kind: 'unlink',
        ...command,
        withdraw: true,
      }),
  };
}
