/** Every change of every record and link, the newest first. */
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { get } from './client.ts';
import type { FeedPage } from './types.ts';

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
