/** When a webhook that failed is tried again, and when it is given up. */

const dayMs = 86_400_000;

export type Patience = {
  readonly firstMs: number;
  readonly mostMs: number;
  /** How long a webhook may fail at every attempt. */
  readonly giveUpMs: number;
};

export const patience: Patience = { firstMs: 5_000, mostMs: dayMs / 2, giveUpMs: 5 * dayMs };

/** 5 s, 20 s, 80 s, 5 min, 21 min, 85 min, 6 h, then every 12 h; a fifth more or less, so that many do not come back at once. */
export function backOffMs({ firstMs, mostMs }: Patience, failures: number, retryAfterMs: number | null): number {
  const wanted = Math.max(firstMs * 4 ** Math.min(failures - 1, 20), retryAfterMs ?? 0);
  return Math.min(wanted, mostMs) * (0.8 + 0.4 * Math.random());
}
