/** Tokens: a user who asks again is given the same one until shortly before it ends. */
import type { Session } from '../../../engine/access/access.ts';
import type { Hub } from '../../../engine/hub.ts';
import { clock } from '../../../model/clock.ts';
import type { Principal } from '../../../model/principal.ts';
import type { OrigamiOptions } from '../options.ts';
import { via } from './authentication.ts';

/** Tokens are stored only as hashes, so the text to hand out again is held here; past this many the oldest are forgotten. */
const mostCached = 10_000;

export type TokenSource = (principal: Principal, client: string) => Promise<Session>;

/**
 * Per server: with several servers a user may hold one token of each, all valid. A cached token is checked before it is
 * given out, so one that was closed meanwhile is never returned.
 */
export function createTokenSource(hub: Hub, options: OrigamiOptions): TokenSource {
  const cache = new Map<string, Promise<Session>>();

  const open = (principal: Principal, client: string): Promise<Session> =>
    hub.access.openSession({
      principal,
      via,
      client,
      platform: 'api',
      accessSeconds: options.tokenSeconds,
      refreshSeconds: null,
      exclusive: false,
    });

  const isFresh = async (session: Session): Promise<boolean> =>
    session.accessExpiresAt.getTime() - clock.nowMs() > options.renewBeforeSeconds * 1000 &&
    (await hub.access.findSession(session.accessToken, via)) !== undefined;

  return async (principal, client) => {
    const key = JSON.stringify([principal.workspace, principal.id, client]);
    for (;;) {
      const held = cache.get(key);
      if (held !== undefined) {
        const session = await held;
        if (await isFresh(session)) return session;
      }
      if (cache.get(key) !== held) continue; // somebody else renewed it while we looked
      const opened = open(principal, client);
      opened.catch(() => cache.delete(key));
      cache.delete(key); // so that the renewed one counts as the youngest
      cache.set(key, opened);
      const oldest = cache.size > mostCached ? cache.keys().next().value : undefined;
      if (oldest !== undefined) cache.delete(oldest);
      return opened;
    }
  };
}
