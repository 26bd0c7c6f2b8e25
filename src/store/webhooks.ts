/** Webhooks, who is at work on them, and what became of their deliveries. */

import type { Place } from './changes/feed.ts';
import type { Transaction } from './postgres/database.ts';

export type WebhookState = 'active' | 'paused' | 'disabled';

export type WebhookRow = {
  readonly webhook: number;
  readonly url: string;
  readonly description: string;
  readonly types: readonly string[];
  readonly events: readonly string[];
  readonly state: WebhookState;
  /** Why it is disabled. */
  readonly reason: string | null;
  readonly secret_sealed: Buffer;
  readonly after_commit: number;
  readonly after_row: number;
  /** Attempts that failed since the last one that did not. */
  readonly failures: number;
  readonly failing_since: Date | null;
  readonly due_at: Date | null;
  readonly created_at: Date;
};

const columns =
  'webhook, url, description, types, events, state, reason, secret_sealed, after_commit, after_row, failures, failing_since, due_at, created_at';

export async function insertWebhook(
  tx: Transaction,
  workspace: number,
  webhook: Pick<WebhookRow, 'url' | 'description' | 'types' | 'events' | 'secret_sealed'> & {
    after: Place;
    principal_id: number;
  },
  at: Date,
): Promise<WebhookRow> {
  const { url, description, types, events, secret_sealed, after, principal_id } = webhook;
  tx.send('insert into webhook_workspace (workspace_id) values ($1) on conflict do nothing', [workspace]);
  const [row] = await tx.query<WebhookRow>(
    `insert into webhook (workspace_id, url, description, types, events, state, secret_sealed, after_commit, after_row, failures,
       principal_id, created_at)
     values ($1, $2, $3, $4, $5, 'active', $6, $7, $8, 0, $9, $10) returning ${columns}`,
    [workspace, url, description, types, events, secret_sealed, after.commit, after.row, principal_id, at],
  );
  if (row === undefined) throw new Error('insert gave no row');
  return row;
}

export const readWebhooks = (tx: Transaction, workspace: number): Promise<WebhookRow[]> =>
  tx.query<WebhookRow>(`select ${columns} from webhook where workspace_id = $1 order by webhook`, [workspace]);

/** Locked: nobody claims it until the transaction ends. */
export async function lockWebhook(tx: Transaction, workspace: number, id: number): Promise<WebhookRow | undefined> {
  const [row] = await tx.query<WebhookRow>(
    `select ${columns} from webhook where workspace_id = $1 and webhook = $2 for update`,
    [workspace, id],
  );
  return row;
}

/** Whoever is at work on it finds that it was changed, and lets it go; nobody else takes it while an attempt may be under way. */
export async function updateWebhook(
  tx: Transaction,
  workspace: number,
  row: Omit<WebhookRow, 'secret_sealed' | 'created_at'>,
): Promise<void> {
  await tx.query(
    `update webhook set url = $3, description = $4, types = $5, events = $6, state = $7, reason = $8, after_commit = $9,
       after_row = $10, failures = $11, failing_since = $12, due_at = $13, claimed_by = claimed_by || '!'
     where workspace_id = $1 and webhook = $2`,
    [
      workspace,
      row.webhook,
      row.url,
      row.description,
      row.types,
      row.events,
      row.state,
      row.reason,
      row.after_commit,
      row.after_row,
      row.failures,
      row.failing_since,
      row.due_at,
    ],
  );
}

export async function deleteWebhook(tx: Transaction, workspace: number, id: number): Promise<void> {
  await tx.query('delete from webhook where workspace_id = $1 and webhook = $2', [workspace, id]);
  await tx.query('delete from webhook_delivery where workspace_id = $1 and webhook = $2', [workspace, id]);
}

export async function readWebhookWorkspaces(tx: Transaction): Promise<number[]> {
  const rows = await tx.query<{ workspace_id: number }>('select workspace_id from webhook_workspace order by 1');
  return rows.map((row) => row.workspace_id);
}

// ---- the server at work

export type Claim = { readonly by: string; readonly until: Date };

/** Takes webhooks that have something to deliver, and on which no server is at work: two servers never get the same one. */
export const claimWebhooks = (
  tx: Transaction,
  workspace: number,
  claim: Claim,
  now: Date,
  limit: number,
): Promise<WebhookRow[]> =>
  tx.query<WebhookRow>(
    {
      name: 'claim_webhooks',
      text: `
        update webhook set claimed_by = $2, claimed_until = $3
        where workspace_id = $1 and webhook = any(array(
          select w.webhook from webhook w cross join commit_counter c
          where w.workspace_id = $1 and c.workspace_id = $1 and w.state = 'active'
            and (w.claimed_by is null or w.claimed_until < $4) and (w.due_at is null or w.due_at <= $4)
            and ((w.after_commit, w.after_row) < (c.last_commit, 2147483647) or exists (
              select from webhook_delivery d where d.workspace_id = $1 and d.webhook = w.webhook and d.state = 'waiting'))
          order by w.webhook limit $5 for update of w skip locked))
        returning ${columns}`,
    },
    [workspace, claim.by, claim.until, now, limit],
  );

/** Lets go of a webhook that was changed while it was claimed. @returns false when it was removed, or somebody else has it by now. */
export async function releaseChanged(tx: Transaction, workspace: number, id: number, heldBy: string): Promise<boolean> {
  const rows = await tx.query(
    `update webhook set claimed_by = null, claimed_until = null
     where workspace_id = $1 and webhook = $2 and rtrim(claimed_by, '!') = $3 returning 1`,
    [workspace, id, heldBy],
  );
  return rows.length > 0;
}

export type Progress = Pick<WebhookRow, 'webhook' | 'state' | 'reason' | 'failures' | 'failing_since' | 'due_at'> & {
  readonly after: Place;
};

/** Writes how far a claimed webhook has come. `claim` null: it is let go. @returns false when the claim was lost. */
export async function keepProgress(
  tx: Transaction,
  workspace: number,
  heldBy: string,
  progress: Progress,
  claim: Claim | null,
): Promise<boolean> {
  const rows = await tx.query(
    {
      name: 'keep_webhook_progress',
      text: `
        update webhook set state = $4, reason = $5, failures = $6, failing_since = $7, due_at = $8, after_commit = $9,
          after_row = $10, claimed_by = $11, claimed_until = $12
        where workspace_id = $1 and webhook = $2 and claimed_by = $3 returning 1`,
    },
    [
      workspace,
      progress.webhook,
      heldBy,
      progress.state,
      progress.reason,
      progress.failures,
      progress.failing_since,
      progress.due_at,
      progress.after.commit,
      progress.after.row,
      claim?.by ?? null,
      claim?.until ?? null,
    ],
  );
  return rows.length > 0;
}

// ---- deliveries

/** `waiting`: to be sent, again, out of turn. */
export type DeliveryState = 'delivered' | 'failing' | 'waiting';

export type DeliveryRow = Place & {
  readonly event: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** Of the last answer; null when there was none. */
  readonly status: number | null;
  /** How the last answer began. */
  readonly answer: string | null;
  readonly failure: string | null;
  readonly attempted_at: Date | null;
};

const deliveryColumns = 'commit, row, event, state, attempts, status, answer, failure, attempted_at';

/** One more attempt. */
export function keepAttempt(
  tx: Transaction,
  workspace: number,
  webhook: number,
  delivery: Omit<DeliveryRow, 'attempts'>,
): void {
  tx.send(
    {
      name: 'keep_delivery_attempt',
      text: `
        insert into webhook_delivery (workspace_id, webhook, commit, row, event, state, attempts, status, answer, failure, attempted_at)
        values ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10)
        on conflict (workspace_id, webhook, commit, row) do update set state = excluded.state,
          attempts = webhook_delivery.attempts + 1, status = excluded.status, answer = excluded.answer,
          failure = excluded.failure, attempted_at = excluded.attempted_at`,
    },
    [
      workspace,
      webhook,
      delivery.commit,
      delivery.row,
      delivery.event,
      delivery.state,
      delivery.status,
      delivery.answer,
      delivery.failure,
      delivery.attempted_at,
    ],
  );
}

export async function readWaiting(
  tx: Transaction,
  workspace: number,
  webhook: number,
): Promise<DeliveryRow | undefined> {
  const [row] = await tx.query<DeliveryRow>(
    {
      name: 'read_waiting_delivery',
      text: `select ${deliveryColumns} from webhook_delivery
             where workspace_id = $1 and webhook = $2 and state = 'waiting' order by commit, row limit 1`,
    },
    [workspace, webhook],
  );
  return row;
}

/** @returns false when there is no such delivery. */
export async function replayDelivery(tx: Transaction, workspace: number, webhook: number, at: Place): Promise<boolean> {
  const rows = await tx.query(
    `update webhook_delivery set state = 'waiting'
     where workspace_id = $1 and webhook = $2 and commit = $3 and row = $4 returning 1`,
    [workspace, webhook, at.commit, at.row],
  );
  return rows.length > 0;
}

/** Those that were tried last come first. */
export const readDeliveries = (
  tx: Transaction,
  workspace: number,
  webhook: number,
  query: { state: DeliveryState | null; limit: number },
): Promise<DeliveryRow[]> =>
  tx.query<DeliveryRow>(
    `select ${deliveryColumns} from webhook_delivery
     where workspace_id = $1 and webhook = $2 and ($3::text is null or state = $3)
     order by attempted_at desc nulls first, commit desc, row desc limit $4`,
    [workspace, webhook, query.state, query.limit],
  );
