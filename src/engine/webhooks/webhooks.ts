/** Webhooks: making, reading, changing and removing them, and sending again. Those who may configure the workspace do; a webhook is told all. */
import type { Catalogue } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import type { Caller, Principal } from '../../model/principal.ts';
import { insertEvents } from '../../store/access/audit.ts';
import { lastRow, type Place, readFeedBounds } from '../../store/changes/feed.ts';
import type { Database, Transaction } from '../../store/postgres/database.ts';
import * as store from '../../store/webhooks.ts';
import { mayConfigure } from '../access/grants.ts';
import type { Vault } from '../access/secrets.ts';
import { webhookChanged, webhookCreated, webhookRemoved } from '../audit/webhook-events.ts';
import { beginning, decodePlace, encodePlace, isBehindRetention } from '../changes/place.ts';
import { flawOfUrl } from './address.ts';
import { type EventName, eventNames } from './events.ts';
import { newWebhookSecret } from './sign.ts';
import { readTold, type Told } from './told.ts';

export type WebhookView = {
  readonly id: number;
  readonly url: string;
  readonly description: string;
  /** Empty: all. */
  readonly types: readonly string[];
  readonly events: readonly string[];
  readonly state: store.WebhookState;
  readonly reason: string | null;
  /** All up to this place in the change feed is delivered. */
  readonly after: string;
  readonly failures: number;
  readonly failingSince: Date | null;
  readonly nextAttemptAt: Date | null;
  readonly createdAt: Date;
};

export type DeliveryView = Omit<store.DeliveryRow, 'commit' | 'row'> & {
  readonly id: string;
  /** null: it is no longer kept. */
  readonly change: Told | null;
};

export type WebhookWish = {
  readonly url: string;
  readonly description: string;
  readonly types: readonly string[];
  readonly events: readonly string[];
};

/** `member` of what was asked for. */
export type WebhookInvalid = { readonly kind: 'invalid'; readonly member: string | null; readonly message: string };
type Unknown = { readonly kind: 'unknown_webhook' };
type NotKept = { readonly kind: 'no_longer_kept' };

export type Webhooks = {
  /** `after`: where it begins in the change feed; undefined: now. The secret is shown this once. */
  create(
    caller: Caller,
    wish: WebhookWish & { readonly after?: string },
  ): Promise<
    { readonly kind: 'created'; readonly webhook: WebhookView; readonly secret: string } | WebhookInvalid | NotKept
  >;
  list(caller: Caller): Promise<readonly WebhookView[]>;
  find(caller: Caller, id: number): Promise<WebhookView | undefined>;
  /** One that was disabled and is made active goes on from where it was, at once. */
  change(
    caller: Caller,
    id: number,
    change: Partial<WebhookWish> & { readonly state?: 'active' | 'paused' },
  ): Promise<{ readonly kind: 'changed'; readonly webhook: WebhookView } | Unknown | WebhookInvalid>;
  /** @returns false when there was none. */
  remove(caller: Caller, id: number): Promise<boolean>;
  deliveries(
    caller: Caller,
    id: number,
    query: { readonly state: store.DeliveryState | null; readonly limit: number },
  ): Promise<readonly DeliveryView[] | undefined>;
  /** One delivery, out of turn; or everything behind a place in the feed. */
  replay(
    caller: Caller,
    id: number,
    what: { readonly delivery?: string; readonly after?: string },
  ): Promise<
    | { readonly kind: 'replaying'; readonly webhook: WebhookView }
    | Unknown
    | { readonly kind: 'unknown_delivery' }
    | NotKept
    | WebhookInvalid
  >;
};

const mostWebhooks = 100;

export type WebhooksContext = {
  readonly database: Database;
  readonly vault: Vault;
  readonly catalogue: (workspace: WorkspaceId) => Promise<Catalogue>;
  readonly allowPrivate: boolean;
};

export function createWebhooks(context: WebhooksContext): Webhooks {
  const { database, vault } = context;

  const inWorkspace = <T>(
    caller: Caller,
    work: (tx: Transaction, workspace: WorkspaceId) => Promise<T>,
  ): Promise<T> => {
    mustConfigure(caller.principal);
    const { workspace } = caller.principal;
    return database.inWorkspace(workspace, (tx) => work(tx, workspace));
  };

  async function flawOf(caller: Caller, wish: Partial<WebhookWish>): Promise<WebhookInvalid | undefined> {
    const urlFlaw = wish.url === undefined ? undefined : flawOfUrl(wish.url, context);
    if (urlFlaw !== undefined) return invalid('url', urlFlaw);
    const { types } = await context.catalogue(caller.principal.workspace);
    const type = wish.types?.find((key) => !types.has(key));
    if (type !== undefined) return invalid('types', `There is no record type ${type}.`);
    const event = wish.events?.find((name) => !eventNames.includes(name as EventName));
    if (event === undefined) return undefined;
    return invalid('events', `There is no event ${event}. There are: ${eventNames.join(', ')}.`);
  }

  return {
    async create(caller, wish) {
      const flaw = await flawOf(caller, wish);
      if (flaw !== undefined) return flaw;
      const secret = newWebhookSecret();
      return inWorkspace(caller, async (tx, workspace) => {
        if ((await store.readWebhooks(tx, workspace)).length >= mostWebhooks) {
          return invalid('url', `A workspace has ${mostWebhooks} webhooks at most.`);
        }
        const after = await placeIn(tx, workspace, wish.after);
        if ('kind' in after) return after;
        const row = { ...wish, after, secret_sealed: vault.seal(secret), principal_id: caller.principal.id };
        const made = await store.insertWebhook(tx, workspace, row, clock.now());
        insertEvents(tx, workspace, caller, [webhookCreated(made)], clock.now());
        return { kind: 'created', webhook: viewOf(workspace, made), secret };
      });
    },

    list: (caller) =>
      inWorkspace(caller, async (tx, workspace) =>
        (await store.readWebhooks(tx, workspace)).map((row) => viewOf(workspace, row)),
      ),

    find: (caller, id) =>
      inWorkspace(caller, async (tx, workspace) => {
        const row = (await store.readWebhooks(tx, workspace)).find(({ webhook }) => webhook === id);
        return row && viewOf(workspace, row);
      }),

    async change(caller, id, change) {
      const flaw = await flawOf(caller, change);
      if (flaw !== undefined) return flaw;
      return inWorkspace(caller, async (tx, workspace) => {
        const row = await store.lockWebhook(tx, workspace, id);
        if (row === undefined) return { kind: 'unknown_webhook' };
        const isSetAnew = change.url !== undefined || change.state !== undefined;
        const changed = { ...row, ...change, ...(isSetAnew && notFailing), ...(change.state && { reason: null }) };
        await store.updateWebhook(tx, workspace, changed);
        insertEvents(tx, workspace, caller, webhookChanged(row, changed), clock.now());
        return { kind: 'changed', webhook: viewOf(workspace, changed) };
      });
    },

    remove: (caller, id) =>
      inWorkspace(caller, async (tx, workspace) => {
        const row = await store.lockWebhook(tx, workspace, id);
        if (row === undefined) return false;
        await store.deleteWebhook(tx, workspace, id);
        insertEvents(tx, workspace, caller, [webhookRemoved(row)], clock.now());
        return true;
      }),

    async deliveries(caller, id, query) {
      const catalogue = await context.catalogue(caller.principal.workspace);
      return inWorkspace(caller, async (tx, workspace) => {
        const rows = await store.readWebhooks(tx, workspace);
        if (!rows.some(({ webhook }) => webhook === id)) return undefined;
        const deliveries = await store.readDeliveries(tx, workspace, id, query);
        const told = await readTold(tx, catalogue, deliveries);
        return deliveries.map((delivery) => deliveryView(delivery, told(delivery)));
      });
    },

    replay: (caller, id, { delivery, after: behind }) =>
      inWorkspace(caller, async (tx, workspace) => {
        const row = await store.lockWebhook(tx, workspace, id);
        if (row === undefined) return { kind: 'unknown_webhook' };
        if ((delivery === undefined) === (behind === undefined))
          return invalid(null, 'Say `delivery`, for one delivery, or `after`, for all behind a place.');
        if (delivery !== undefined) {
          const place = placeOfDelivery(delivery);
          const isThere = place !== undefined && (await store.replayDelivery(tx, workspace, id, place));
          if (!isThere) return { kind: 'unknown_delivery' };
          if (row.due_at === null) return { kind: 'replaying', webhook: viewOf(workspace, row) };
          const atOnce = { ...row, due_at: null }; // and with longer pauses, as before, when that fails too
          await store.updateWebhook(tx, workspace, atOnce);
          return { kind: 'replaying', webhook: viewOf(workspace, atOnce) };
        }
        const after = await placeIn(tx, workspace, behind);
        if ('kind' in after) return after;
        const changed = { ...row, ...notFailing, after_commit: after.commit, after_row: after.row };
        await store.updateWebhook(tx, workspace, changed);
        return { kind: 'replaying', webhook: viewOf(workspace, changed) };
      }),
  };
}

/** Who asks is answered by those above in their own words; whoever forgets to must not hand out the workspace. */
function mustConfigure(principal: Principal): void {
  if (!mayConfigure(principal)) throw new Error(`${principal.name} may not configure the workspace`);
}

const invalid = (member: string | null, message: string): WebhookInvalid => ({ kind: 'invalid', member, message });

const notFailing = { failures: 0, failing_since: null, due_at: null } as const;

async function placeIn(
  tx: Transaction,
  workspace: WorkspaceId,
  token: string | undefined,
): Promise<Place | WebhookInvalid | NotKept> {
  const bounds = await readFeedBounds(tx, workspace);
  if (token === undefined) return { commit: bounds.last, row: lastRow };
  const place = decodePlace(workspace, token);
  if (place === undefined) return invalid('after', 'This is no place in the change feed of this workspace.');
  if (isBehindRetention(place, bounds)) return { kind: 'no_longer_kept' };
  // The beginning is that of what is kept.
  return place === beginning ? { commit: (bounds.oldest ?? bounds.last + 1) - 1, row: lastRow } : place;
}

/** Deliveries, and the events in them, are named by their places in the feed. */
export const deliveryId = ({ commit, row }: Place): string => `${commit}.${row}`;

function placeOfDelivery(id: string): Place | undefined {
  const [, commit, row] = /^(\d{1,15})\.(\d{1,9})$/.exec(id) ?? [];
  return commit === undefined || row === undefined ? undefined : { commit: Number(commit), row: Number(row) };
}

const viewOf = (workspace: WorkspaceId, row: store.WebhookRow): WebhookView => ({
  id: row.webhook,
  url: row.url,
  description: row.description,
  types: row.types,
  events: row.events,
  state: row.state,
  reason: row.reason,
  after: encodePlace(workspace, { commit: row.after_commit, row: row.after_row }),
  failures: row.failures,
  failingSince: row.failing_since,
  nextAttemptAt: row.due_at,
  createdAt: row.created_at,
});

const deliveryView = ({ commit, row, ...delivery }: store.DeliveryRow, change: Told | null): DeliveryView => ({
  id: deliveryId({ commit, row }),
  ...delivery,
  change,
});
