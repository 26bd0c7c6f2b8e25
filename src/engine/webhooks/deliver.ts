/**
 * What one server does with a webhook that it has claimed: delivers the events behind its place in the feed, one after the other, until
 * there are no more or one fails. Progress is written after each attempt, under the claim: a server that is killed leaves at most the
 * event at hand to be delivered a second time, under the same id.
 */
import { clock } from '../../model/clock.ts';
import { workspaceId } from '../../model/ids.ts';
import { type FeedRow, type Place, readFeedChange } from '../../store/changes/feed.ts';
import * as store from '../../store/webhooks.ts';
import type { Vault } from '../access/secrets.ts';
import { type FeedContext, readPage } from '../changes/changes.ts';
import { type FeedItem, feedItem, type Subject, subjectOf, typesOf } from '../changes/feed-item.ts';
import { backOffMs, type Patience } from './back-off.ts';
import { cloudEvent, cloudEventType, type EventName, eventOf } from './events.ts';
import { type Attempt, type SendOptions, send } from './send.ts';
import { signatureHeaders } from './sign.ts';
import { deliveryId } from './webhooks.ts';

export type DeliveryContext = {
  readonly feed: FeedContext;
  readonly vault: Vault;
  readonly sending: SendOptions;
  readonly patience: Patience;
  /** Longer than an attempt may take; when it is over, another server goes on. */
  readonly leaseMs: number;
  readonly isStopping: () => boolean;
};

const itemsAtOnce = 100;
/** Then other webhooks have their turn. */
const mostInATurn = 1_000;

type Told = { readonly event: EventName; readonly place: Place; readonly item: FeedItem | null };

export class ClaimedWebhook {
  readonly #context: DeliveryContext;
  readonly #workspace: number;
  readonly #row: store.WebhookRow;
  readonly #by: string;
  #progress: store.Progress;
  #until: Date;

  constructor(context: DeliveryContext, workspace: number, row: store.WebhookRow, claim: store.Claim) {
    this.#context = context;
    this.#workspace = workspace;
    this.#row = row;
    this.#by = claim.by;
    this.#until = claim.until;
    const { webhook, state, reason, failures, failing_since, due_at } = row;
    const after = { commit: row.after_commit, row: row.after_row };
    this.#progress = { webhook, state, reason, failures, failing_since, due_at, after };
  }

  async deliver(): Promise<void> {
    const { isStopping } = this.#context;
    for (let told = 0; told < mostInATurn && !isStopping(); told += itemsAtOnce) {
      for (let again = await this.#waiting(); again !== undefined; again = await this.#waiting()) {
        if (!(await this.#attempt(again, true))) return;
      }
      const page = await this.#nextPage();
      if (page === undefined) return;
      for (const next of page.told) {
        if (isStopping()) return this.#letGo();
        if (!(await this.#attempt(next, false))) return;
      }
      // What the filters hold back behind the last event is passed over with it.
      if (!page.more) return this.#letGo({ after: page.reached });
      if (!(await this.#keep({ after: page.reached }))) return;
    }
    await this.#letGo();
  }

  /** undefined: the webhook was let go. */
  async #nextPage(): Promise<{ told: Told[]; reached: Place; more: boolean } | undefined> {
    const { types, events } = this.#row;
    const workspace = workspaceId(this.#workspace);
    const isWanted = (row: FeedRow, subject: Subject): boolean =>
      (types.length === 0 || typesOf(subject).some((type) => types.includes(type))) &&
      (events.length === 0 || events.includes(eventOf(row.kind)));
    const page = await readPage(this.#context.feed, workspace, this.#progress.after, itemsAtOnce, isWanted);
    if (page === undefined) {
      const reason =
        'Changes that were not delivered yet are no longer kept. Replay it from a place in the feed to go on from there.';
      await this.#letGo({ state: 'disabled', reason });
      return undefined;
    }
    const told = page.items.map(({ cursor: _, ...item }) => ({
      event: eventOf(item.kind),
      place: { commit: item.commit, row: item.row },
      item,
    }));
    return { told, reached: page.reached, more: page.more };
  }

  /** The next delivery that is to be sent out of turn. */
  async #waiting(): Promise<Told | undefined> {
    const { database } = this.#context.feed;
    const workspace = workspaceId(this.#workspace);
    const found = await database.inWorkspace(workspace, async (tx) => {
      const delivery = await store.readWaiting(tx, workspace, this.#row.webhook);
      return delivery && { delivery, row: await readFeedChange(tx, workspace, delivery) };
    });
    if (found === undefined) return undefined;
    const catalogue = await this.#context.feed.catalogue();
    const subject = found.row && subjectOf(catalogue, found.row);
    const item = found.row && subject ? feedItem(catalogue, found.row, subject) : null;
    const { event, commit, row } = found.delivery;
    return { event: event as EventName, place: { commit, row }, item };
  }

  /** @returns whether to go on with the next one. */
  async #attempt({ event, place, item }: Told, isReplay: boolean): Promise<boolean> {
    if (!(await this.#renew())) return false;
    const at = clock.now();
    const attempt = item === null ? noLongerKept : await this.#send(item, place, at);
    const { status, answer, failure } = attempt;
    const delivery = { ...place, event, status, answer, failure, attempted_at: at };
    if (attempt.ok || item === null) {
      const state = attempt.ok ? 'delivered' : 'failing';
      const progress = { ...(attempt.ok && notFailing), ...(!isReplay && { after: place }) };
      return this.#keep(progress, { ...delivery, state });
    }
    await this.#letGo(this.#failed(attempt, at), { ...delivery, state: isReplay ? 'waiting' : 'failing' });
    return false;
  }

  async #send(item: FeedItem, place: Place, at: Date): Promise<Attempt> {
    const { feed, vault, sending } = this.#context;
    const body = cloudEvent(await feed.catalogue(), item);
    const id = `msg_${this.#row.webhook}_${deliveryId(place)}`;
    const headers = {
      'content-type': cloudEventType,
      'user-agent': 'Keyway',
      ...signatureHeaders(vault.open(this.#row.secret_sealed), id, at, body),
    };
    return send(this.#row.url, headers, body, sending);
  }

  #failed(attempt: Attempt, at: Date): Partial<store.Progress> {
    const { patience } = this.#context;
    const failures = this.#progress.failures + 1;
    const failing_since = this.#progress.failing_since ?? at;
    const days = Math.round(patience.giveUpMs / 86_400_000);
    const failed = { failures, failing_since };
    if (attempt.status === 410) {
      return { ...failed, state: 'disabled', reason: 'The receiver answered 410: it wants no more.' };
    }
    if (at.getTime() - failing_since.getTime() >= patience.giveUpMs) {
      return { ...failed, state: 'disabled', reason: `Every attempt of ${days} days failed. Last: ${attempt.failure}` };
    }
    const due_at = new Date(clock.nowMs() + backOffMs(patience, failures, attempt.retryAfterMs));
    return { ...failed, due_at };
  }

  /** An attempt must end within the claim. */
  async #renew(): Promise<boolean> {
    const { leaseMs, sending } = this.#context;
    if (this.#until.getTime() - clock.nowMs() > sending.timeoutMs + leaseMs / 4) return true;
    return this.#keep({});
  }

  #keep(progress: Partial<store.Progress>, delivery?: Omit<store.DeliveryRow, 'attempts'>): Promise<boolean> {
    this.#until = new Date(clock.nowMs() + this.#context.leaseMs);
    return this.#write(progress, { by: this.#by, until: this.#until }, delivery);
  }

  async #letGo(progress: Partial<store.Progress> = {}, delivery?: Omit<store.DeliveryRow, 'attempts'>): Promise<void> {
    await this.#write(progress, null, delivery);
  }

  /** @returns false when somebody else has it by now, or it was changed or removed. */
  #write(
    progress: Partial<store.Progress>,
    claim: store.Claim | null,
    delivery: Omit<store.DeliveryRow, 'attempts'> | undefined,
  ): Promise<boolean> {
    this.#progress = { ...this.#progress, ...progress };
    const workspace = workspaceId(this.#workspace);
    return this.#context.feed.database.inWorkspace(workspace, async (tx) => {
      const isHeld = await store.keepProgress(tx, workspace, this.#by, this.#progress, claim);
      // What was attempted before somebody changed the webhook was attempted nevertheless: else it would be sent again.
      const isKept = isHeld || (await store.releaseChanged(tx, workspace, this.#row.webhook, this.#by));
      if (isKept && delivery !== undefined) store.keepAttempt(tx, workspace, this.#row.webhook, delivery);
      return isHeld;
    });
  }
}

const notFailing = { failures: 0, failing_since: null, due_at: null } as const;

const noLongerKept: Attempt = {
  ok: false,
  status: null,
  answer: null,
  failure: 'The change is no longer kept.',
  retryAfterMs: null,
};
