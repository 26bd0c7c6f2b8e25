/** What webhooks are told: changes of the feed as CloudEvents 1.0, in structured mode. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { FeedKind } from '../../model/events.ts';
import type { FeedItem } from '../changes/feed-item.ts';

const eventOfKind = {
  created: 'record.created',
  updated: 'record.updated',
  deleted: 'record.deleted',
  merged: 'record.merged',
  revived: 'record.revived',
  erased: 'record.erased',
  linked: 'link.created',
  relinked: 'link.updated',
  unlinked: 'link.deleted',
  run_applied: 'run.applied',
  run_partial: 'run.partial',
  run_held: 'run.held',
  run_failed: 'run.failed',
  run_superseded: 'run.superseded',
  interface_overdue: 'interface.overdue',
} as const satisfies Record<FeedKind, string>;

export type EventName = (typeof eventOfKind)[FeedKind];
export const eventNames: readonly EventName[] = Object.values(eventOfKind);

export const eventOf = (kind: FeedKind): EventName => eventOfKind[kind];

export const cloudEventType = 'application/cloudevents+json';

/** The same bytes at each attempt, so long as the schema is the same. */
export function cloudEvent(catalogue: Catalogue, item: FeedItem): string {
  return JSON.stringify({
    specversion: '1.0',
    id: `${item.commit}.${item.row}`,
    source: `urn:uuid:${catalogue.workspaceGuid}`,
    type: eventOf(item.kind),
    subject: subjectOf(item),
    time: item.at,
    datacontenttype: 'application/json',
    data: item,
  });
}

function subjectOf({ record, link, interface: endpoint, run }: FeedItem): string {
  if (record !== null) return `records/${record.type}/${record.number}`;
  if (link !== null) return `links/${link.link}/${link.number}`;
  return run === null ? `interfaces/${endpoint}` : `interfaces/${endpoint}/runs/${run}`;
}
