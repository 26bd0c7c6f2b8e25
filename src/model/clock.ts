/**
 * What time it is, for all that the hub dates, keeps or lets expire. It is the machine's time, but in a test double, whose tests set it.
 * What clients sign with a time of their own is held against the machine's: see `machineNowMs`.
 */
let aheadMs = 0;

export const clock = {
  now: (): Date => new Date(Date.now() + aheadMs),
  nowMs: (): number => Date.now() + aheadMs,

  /** A signature, and what a machine asserts of itself, are dated by the clock of whoever made them, which nobody sets. */
  machineNowMs: (): number => Date.now(),

  /** From now on it goes on from `at`; null: it is the machine's again. */
  set(at: Date | null): void {
    aheadMs = at === null ? 0 : at.getTime() - Date.now();
  },
  /** How far it was set ahead of the machine's. */
  aheadMs: (): number => aheadMs,
} as const;
