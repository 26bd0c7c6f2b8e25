/** Every change of every record and link, and what was done to access, the newest first. */
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { get } from './client.ts';
import { byCursor, cursorOf } from './pages.ts';
import { saveFile } from './save-file.ts';
import type { AuditList, FeedPage } from './types.ts';

export type AuditFilter = {
  readonly type?: string;
  readonly kind?: string;
  readonly cause?: string;
  readonly principal?: string;
  readonly run?: string;
  /** From when to when, as ISO 8601 has it. */
  readonly since?: string;
  readonly until?: string;
};

export const auditKey = ['audit'] as const;

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: [...auditKey, filter],
    queryFn: ({ signal, pageParam }) =>
      get<FeedPage>('/v1/changes', { order: 'newest', limit: 50, ...filter, after: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: ({ next, more }) => (more ? next : null),
    placeholderData: keepPreviousData,
  });

export type AccessFilter = Pick<AuditFilter, 'principal' | 'since' | 'until'> & {
  readonly action?: string;
  /** A kind, or one of it as `user:12`. */
  readonly concerned?: string;
};

export const accessAuditQuery = (filter: AccessFilter) =>
  infiniteQueryOptions({
    queryKey: [...auditKey, 'access', filter],
    queryFn: ({ signal, pageParam }) =>
      get<AuditList>('/v1/audit', { limit: 50, ...filter, ...cursorOf(pageParam) }, signal),
    ...byCursor,
    placeholderData: keepPreviousData,
  });

/** All of it, to be opened in a spreadsheet. */
export const saveAccessAudit = (filter: AccessFilter): Promise<void> =>
  saveFile(`/v1/audit?${new URLSearchParams({ ...filter, spreadsheet: 'true' })}`, 'text/csv', 'audit.csv');
