/** A change row as readers of the feed and receivers of webhooks see it: plain JSON, in names instead of numbers. */
import type { Catalogue, Interface, LinkType, RecordType } from '../../model/catalogue.ts';
import { type FeedKind, isEventKind } from '../../model/events.ts';
import type { Principal } from '../../model/principal.ts';
import type { RecordPointer } from '../../model/record.ts';
import { isoTime } from '../../model/time.ts';
import type { FeedRow } from '../../store/changes/feed.ts';
import { may } from '../access/grants.ts';
import { pointerTo } from '../views.ts';
import { interfaceOf, shownEvent } from './events.ts';

type Values = Readonly<Record<string, unknown>>;

export type FeedItem = {
  readonly commit: number;
  readonly row: number;
  readonly kind: FeedKind;
  readonly at: string;
  /** Of the record; of a link its left-hand one; of an event that of its interface. */
  readonly type: string;
  /** null for a change of a link, and for an event. */
  readonly record: RecordPointer | null;
  readonly link: {
    readonly link: string;
    readonly number: number;
    readonly left: RecordPointer;
    readonly right: RecordPointer;
  } | null;
  /** The endpoint that an event is of; null for a change. */
  readonly interface: string | null;
  readonly version: number | null;
  /** Only what changed, by field key; for a link its role and attributes; of an event `after` has what it tells. */
  readonly before: Values;
  readonly after: Values;
  readonly principal: { readonly id: number; readonly name: string };
  readonly via: string;
  readonly request_id: string;
  readonly run: number | null;
  /** What was written though another owns it: fields, or the link. */
  readonly forced: readonly string[];
};

export type Subject = { readonly record: RecordType } | { readonly link: LinkType } | { readonly interface: Interface };

/** What a change is of; undefined when the schema no longer has its type, or interface. */
export function subjectOf(
  catalogue: Catalogue,
  row: Pick<FeedRow, 'kind' | 'after' | 'link_type' | 'type'>,
): Subject | undefined {
  if (isEventKind(row.kind)) {
    const on = interfaceOf(catalogue, row.after);
    return on && { interface: on };
  }
  if (row.link_type !== null) {
    const link = catalogue.linksById.get(row.link_type);
    return link && { link };
  }
  const record = row.type === null ? undefined : catalogue.typesById.get(row.type);
  return record && { record };
}

/** The record types that a change tells of: of a link those at both ends. */
export function typesOf(subject: Subject): readonly string[] {
  if ('record' in subject) return [subject.record.key];
  return 'link' in subject ? [subject.link.left, subject.link.right] : [subject.interface.type];
}

/** A link is shown to whoever may read both of its ends. */
export const mayReadChange = (principal: Principal, subject: Subject): boolean =>
  typesOf(subject).every((type) => may(principal, 'read', type));

export function feedItem(catalogue: Catalogue, row: FeedRow, subject: Subject): FeedItem {
  const common = {
    commit: row.commit,
    row: row.row,
    kind: row.kind,
    at: isoTime(row.at),
    version: row.version,
    principal: { id: row.principal_id, name: row.principal_name ?? 'Keyway' },
    via: row.via,
    request_id: row.request,
    run: row.run,
    interface: null,
  };
  if ('interface' in subject) {
    const { endpoint, type } = subject.interface;
    const after = shownEvent(catalogue, row.run, row.after);
    return { ...common, type, record: null, link: null, interface: endpoint, before: {}, after, forced: [] };
  }
  if ('record' in subject) {
    const { record } = subject;
    return {
      ...common,
      type: record.key,
      record: pointerTo(catalogue, record.key, row.number),
      link: null,
      before: fieldValues(catalogue, record, row.before),
      after: fieldValues(catalogue, record, row.after),
      forced: (row.forced ?? []).flatMap((id) => record.fieldsById.get(id)?.key ?? []),
    };
  }
  const { link } = subject;
  return {
    ...common,
    type: link.left,
    record: null,
    link: {
      link: link.key,
      number: row.link_number ?? 0,
      left: pointerTo(catalogue, link.left, row.number),
      right: pointerTo(catalogue, link.right, row.other_number ?? 0),
    },
    before: linkValues(link, row.before),
    after: linkValues(link, row.after),
    forced: row.forced === null ? [] : [link.key],
  };
}

/** Lookups as the id of the other record, as in a record itself. */
function fieldValues(catalogue: Catalogue, type: RecordType, values: Values | null): Values {
  const shown: Record<string, unknown> = {};
  for (const [id, value] of Object.entries(values ?? {})) {
    const field = type.fieldsById.get(Number(id));
    if (field === undefined) continue;
    const isTarget = field.link !== null && typeof value === 'number';
    shown[field.key] = isTarget ? pointerTo(catalogue, field.link.right, value).id : value;
  }
  return shown;
}

/** Roles by name. */
function linkValues(link: LinkType, values: Values | null): Values {
  if (values === null || values.role === null) return values ?? {};
  return { ...values, role: link.roles.find(({ number }) => number === values.role)?.name ?? values.role };
}
