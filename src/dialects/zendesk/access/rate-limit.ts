/** Counts requests per workspace and clock minute, on this server only, and says so in the vendor's headers. */
import { clock } from '../../../model/clock.ts';
import type { WorkspaceId } from '../../../model/ids.ts';
import { announcedRateLimit } from '../options.ts';

export type RateLimiter = {
  /** Counts one request. `allowed` is false when the minute's requests are used up. */
  take(workspace: WorkspaceId): { allowed: boolean; headers: Record<string, string>; resetSeconds: number };
  /** For an answer to nobody in particular: counts nothing. */
  headers(remaining?: number): Record<string, string>;
};

export function rateLimiter(limit: number | null, now: () => number = clock.nowMs): RateLimiter {
  let minute = 0;
  let used = new Map<WorkspaceId, number>();
  const secondsLeft = (): number => 60 - (Math.floor(now() / 1000) % 60);
  const headersFor = (remaining: number): Record<string, string> => {
    const announced = String(limit ?? announcedRateLimit);
    return {
      'x-rate-limit': announced,
      'x-rate-limit-remaining': String(remaining),
      'ratelimit-limit': announced,
      'ratelimit-remaining': String(remaining),
      'ratelimit-reset': String(secondsLeft()),
    };
  };
  // Clients slow down as the remainder falls, so that without a limit it never does.
  const untouched = (): number => (limit ?? announcedRateLimit) - 1;
  return {
    take(workspace) {
      if (limit === null) return { allowed: true, headers: headersFor(untouched()), resetSeconds: secondsLeft() };
      const current = Math.floor(now() / 60_000);
      if (current !== minute) {
        minute = current;
        used = new Map();
      }
      const count = (used.get(workspace) ?? 0) + 1;
      used.set(workspace, count);
      return {
        allowed: count <= limit,
        headers: headersFor(Math.max(0, limit - count)),
        resetSeconds: secondsLeft(),
      };
    },
    headers: (remaining = Math.max(0, untouched())) => headersFor(remaining),
  };
}
