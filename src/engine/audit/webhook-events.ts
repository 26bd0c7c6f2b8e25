/** What is told of webhooks. */
import type { AccessEvent, Concerned } from '../../model/audit.ts';
import type { WebhookRow } from '../../store/webhooks.ts';
import { sameJson } from '../schema/diff.ts';

export const webhookCreated = (row: WebhookRow): AccessEvent => ({
  action: 'webhook_created',
  concerned: concerned(row),
  before: null,
  after: settingsOf(row),
});

export const webhookRemoved = (row: WebhookRow): AccessEvent => ({
  action: 'webhook_removed',
  concerned: concerned(row),
  before: settingsOf(row),
  after: null,
});

/** None where all was sent as it was. */
export function webhookChanged(was: WebhookRow, is: WebhookRow): AccessEvent[] {
  const [old, now] = [settingsOf(was), settingsOf(is)];
  // Of another path at the same host it is told that there is another, not which.
  const isMoved = was.url !== is.url;
  const names = Object.keys(now).filter((name) => !sameJson(old[name], now[name]) || (isMoved && name === 'address'));
  const changed = (settings: Settings): Settings => Object.fromEntries(names.map((name) => [name, settings[name]]));
  if (names.length === 0) return [];
  return [{ action: 'webhook_changed', concerned: concerned(is), before: changed(old), after: changed(now) }];
}

type Settings = Readonly<Record<string, unknown>>;

const concerned = (row: WebhookRow): Concerned<'webhook'> => ({
  kind: 'webhook',
  id: row.webhook,
  name: hostOf(row),
});

const settingsOf = (row: WebhookRow): Settings => ({
  address: addressOf(row),
  description: row.description,
  types: row.types,
  events: row.events,
  state: row.state,
});

/** Many a receiver is let in by what stands in the path or behind it: that is a secret. */
const addressOf = ({ url }: WebhookRow): string => `${new URL(url).origin}/…`;
const hostOf = ({ url }: WebhookRow): string => new URL(url).host;
