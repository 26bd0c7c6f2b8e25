/** What webhooks are told: changes of the feed as CloudEvents 1.0, in structured mode. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { ChangeKind } from '../../model/record.ts';
import type { FeedItem } from '../changes/feed-item.ts';

const eventOfKind = {
  created: 'record.created',
  updated: 'record.updated',
  deleted: 'record.deleted',
  merged: 'record.merged',
  revived: 'record.revived',
  linked: 'link.created',
  relinked: 'link.updated',
  unlinked: 'link.deleted',
} as const satisfies Record<ChangeKind, string>;

export type EventName = (typeof eventOfKind)[ChangeKind];
export const eventNames: readonly EventName[] = Object.values(eventOfKind);

export const eventOf = (kind: ChangeKind): EventName => eventOfKind[kind];

export const cloudEventType = 'application/cloudevents+json';

/** The same bytes at each attempt, so long as the schema is the same. */
export function cloudEvent(catalogue: Catalogue, item: FeedItem): string {
  const { record, link } = item;
  return JSON.stringify({
    specversion: '1.0',
    id: `${item.commit}.${item.row}`,
    source: `urn:uuid:${catalogue.workspaceGuid}`,
    type: eventOf(item.kind),
    subject: record === null ? `links/${link?.link}/${link?.number}` : `records/${record.type}/${record.number}`,
    time: item.at,
    datacontenttype: 'application/json',
    data: item,
  });
}
