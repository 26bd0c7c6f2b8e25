/** The engine's views as the API shows them. */

import { writableBy } from '../../engine/ownership.ts';
import type { Catalogue, Interface, RecordType, Role } from '../../model/catalogue.ts';
import {
  type ChangeView,
  type FieldValue,
  isPointer,
  type LinkView,
  type RecordPointer,
  type RecordView,
} from '../../model/record.ts';
import type { HeldResult, InterfaceView, IssueView, RunView } from '../../model/runs.ts';
import { count, isOrAre, wasOrWere } from '../../model/text.ts';
import { isoTime } from '../../model/time.ts';
import type { ShownHeldResult } from './shapes/held-result.ts';
import type { ShownRun } from './shapes/interface.ts';
import type { ListedInterface, ShownInterface } from './shapes/interface-settings.ts';
import type { ShownIssue } from './shapes/issue.ts';
import type { ShownLink } from './shapes/link.ts';
import type { ShownChange, ShownRecord, ShownValue } from './shapes/record.ts';

export function renderRecord(record: RecordView): ShownRecord {
  return {
    id: record.id,
    number: record.number,
    type: record.type,
    version: record.version,
    created_at: isoTime(record.createdAt),
    updated_at: isoTime(record.updatedAt),
    fields: renderFields(record.fields),
  };
}

/** Most records point nowhere: then the values are shown as they are stored. */
function renderFields(fields: Readonly<Record<string, FieldValue>>): Record<string, ShownValue> {
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined && isPointer(value)) return withGuids(fields);
  }
  return fields as Record<string, ShownValue>;
}

function withGuids(fields: Readonly<Record<string, FieldValue>>): Record<string, ShownValue> {
  const shown: Record<string, ShownValue> = {};
  for (const key in fields) {
    const value = fields[key] ?? null;
    shown[key] = isPointer(value) ? value.id : value;
  }
  return shown;
}

export const renderPointer = ({ type, number, id }: RecordPointer) => ({ type, number, id });

export function renderLink(link: LinkView): ShownLink {
  return {
    id: link.id,
    number: link.number,
    link: link.link,
    role: link.role?.name ?? null,
    role_number: link.role?.number ?? null,
    role_external_id: link.role?.externalId ?? null,
    left: renderPointer(link.left),
    right: renderPointer(link.right),
    attributes: { ...link.attributes },
    created_at: isoTime(link.createdAt),
    updated_at: isoTime(link.updatedAt),
  };
}

export function renderChange(catalogue: Catalogue, change: ChangeView): ShownChange {
  const roles = change.link === null ? [] : (catalogue.links.get(change.link.key)?.roles ?? []);
  return {
    kind: change.kind,
    at: isoTime(change.at),
    principal: { id: change.principal.id, name: change.principal.name },
    via: change.via,
    request_id: change.request,
    version: change.version,
    before: renderValues(change.before, roles),
    after: renderValues(change.after, roles),
    link: change.link && {
      link: change.link.key,
      number: change.link.number,
      left: renderPointer(change.link.left),
      right: renderPointer(change.link.right),
    },
    merged: change.merged && { from: renderPointer(change.merged.from), into: renderPointer(change.merged.into) },
    stamp: change.stamp,
    forced: [...change.forced],
  };
}

/** As in a record and a link: lookups as their GUID, roles by name. */
function renderValues(values: Readonly<Record<string, unknown>>, roles: readonly Role[]): Record<string, unknown> {
  const shown = (key: string, value: unknown): unknown => {
    if (isStoredPointer(value)) return value.id;
    const role = key === 'role' ? roles.find(({ number }) => number === value) : undefined;
    return role?.name ?? value;
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, shown(key, value)]));
}

const isStoredPointer = (value: unknown): value is RecordPointer =>
  typeof value === 'object' && value !== null && 'number' in value && 'id' in value && 'type' in value;

export const renderInterface = (catalogue: Catalogue, one: Interface): ShownInterface => ({
  endpoint: one.endpoint,
  name: one.name,
  type: one.type,
  direction: one.direction,
  setup: one.setup,
  initiator: one.initiator,
  key: one.key,
  formats: [...one.formats],
  duplicates: one.duplicates,
  scope: { ...one.scope },
  delete_policy: one.deletePolicy,
  mark_field: one.markField,
  api_keys: [...one.apiKeys],
  guard: {
    deletes: one.guard.deletes,
    percent: one.guard.percent,
    empty_set: one.guard.emptySet,
    on_trip: one.guard.onTrip,
  },
  overdue_after: one.overdueAfter,
  writes: renderWrites(catalogue.types.get(one.type), one),
});

function renderWrites(type: RecordType | undefined, one: Interface): ShownInterface['writes'] {
  if (type === undefined) throw new Error(`The interface ${one.endpoint} has no record type`);
  const { records, fields, relations } = writableBy(type, one);
  return {
    records,
    fields: fields.map(({ key, link, owner }) => ({ name: key, owner: link?.owner ?? owner })),
    relations: relations.map(({ name, link }) => ({ name, owner: link.owner })),
  };
}

/** @param base the public address, for what can be done with the run. */
export const renderRun = (base: string, run: RunView): ShownRun => ({
  id: run.id,
  number: run.number,
  interface: run.interface,
  state: run.state,
  counts: { ...run.counts },
  held: run.held && renderHeld(`${base}/v1/runs/${run.id}`, run.held),
  held_result: run.heldResult && renderHeldResult(run.heldResult),
  scope: run.scope && { ...run.scope },
  stamp: run.stamp,
  reverts: run.reverts,
  reverted_by: run.revertedBy,
  replays: run.replays,
  issues: run.issues,
  issues_url: run.issues === 0 ? null : `${base}/v1/runs/${run.id}/issues`,
  received_at: isoTime(run.receivedAt),
  started_at: run.startedAt && isoTime(run.startedAt),
  finished_at: run.finishedAt && isoTime(run.finishedAt),
  failure: run.failure,
  superseded_by: run.supersededBy,
  queue_position: run.position,
  principal: { id: run.sender.id, name: run.sender.name },
  via: run.via,
  request_id: run.request,
  elements_url: `${base}/v1/runs/${run.id}/elements`,
});

export const renderListedInterface = (base: string, catalogue: Catalogue, view: InterfaceView): ListedInterface => ({
  ...renderInterface(catalogue, view.interface),
  last_run: view.lastRun && renderRun(base, view.lastRun),
  overdue_since: view.overdueSince && isoTime(view.overdueSince),
});

const renderHeld = (url: string, { deletes, whole, expiresAt }: NonNullable<RunView['held']>): ShownRun['held'] => ({
  deletes,
  whole,
  approve_url: `${url}/approve`,
  list_url: `${url}/held`,
  expires_at: isoTime(expiresAt),
  message: whole
    ? `Nothing of the set was applied, since ${count(deletes, 'record')} ${isOrAre(deletes)} not in it: somebody must approve the whole set, with {"deletes": ${deletes}} to the approve_url.`
    : `All additions and updates were applied. ${count(deletes, 'record')} that ${isOrAre(deletes)} not in the set ${wasOrWere(deletes)} left as ${deletes === 1 ? 'it is' : 'they are'}: somebody must approve that ${deletes === 1 ? 'it goes' : 'they go'}, with {"deletes": ${deletes}} to the approve_url.`,
});

const renderHeldResult = (result: HeldResult): ShownHeldResult => ({
  ...result,
  by: result.by && { ...result.by },
  at: isoTime(result.at),
});

export const renderIssue = (issue: IssueView): ShownIssue => ({
  severity: issue.severity,
  code: issue.code,
  at: isoTime(issue.at),
  place: issue.place,
  key: issue.key,
  record: issue.record && renderPointer(issue.record),
  path: issue.path,
  member: issue.member,
  sent_as: issue.sentAs,
  value: issue.value,
  other: issue.other && renderPointer(issue.other),
  message: issue.message,
  remedy: issue.remedy,
  resolved: issue.resolved && renderHeldResult(issue.resolved),
  resolved_by: issue.resolvedBy,
});
