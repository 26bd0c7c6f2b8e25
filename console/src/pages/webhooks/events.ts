import type { EventName } from '../../api/types.ts';

/** A name that the server does not know, or one that is missing here, breaks the build. */
const named: Readonly<Record<EventName, true>> = {
  'record.created': true,
  'record.updated': true,
  'record.deleted': true,
  'record.revived': true,
  'record.merged': true,
  'record.erased': true,
  'link.created': true,
  'link.updated': true,
  'link.deleted': true,
  'run.applied': true,
  'run.partial': true,
  'run.held': true,
  'run.failed': true,
  'run.superseded': true,
  'interface.overdue': true,
};

export const events = Object.keys(named);
