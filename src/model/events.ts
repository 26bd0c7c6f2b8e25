/** What happens to runs and interfaces as a whole: told in the change feed beside the changes of records and links, to those who ask for it. */
import type { ChangeKind } from './record.ts';

export const eventKinds = [
  'run_applied',
  'run_partial',
  'run_held',
  'run_failed',
  'run_superseded',
  'interface_overdue',
] as const;
export type EventKind = (typeof eventKinds)[number];

/** What a row of the feed may tell of. */
export type FeedKind = ChangeKind | EventKind;

export const isEventKind = (kind: FeedKind): kind is EventKind => (eventKinds as readonly string[]).includes(kind);
