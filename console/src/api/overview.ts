/** What the overview shows: the first page of lists that there are anyway, each of them read by an index. */
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import type { Activity, FeedPage, RecordCounts, RunList, WaitingLinkList, WebhookList } from './types.ts';

const refetchInterval = 30_000;
/** As many as one answer has. What is beyond is told as `at least`. */
const mostListed = 200;

export const lastRunsQuery = queryOptions({
  queryKey: ['overview', 'runs'],
  queryFn: ({ signal }) => get<RunList>('/v1/runs', { limit: mostListed }, signal),
  refetchInterval,
});

export const heldRunsQuery = queryOptions({
  queryKey: ['overview', 'held'],
  queryFn: ({ signal }) => get<RunList>('/v1/runs', { state: 'held', limit: mostListed }, signal),
  refetchInterval,
});

export const waitingQuery = queryOptions({
  queryKey: ['overview', 'waiting'],
  queryFn: ({ signal }) => get<WaitingLinkList>('/v1/links/pending', { limit: mostListed }, signal),
  refetchInterval,
});

export const lastChangesQuery = queryOptions({
  queryKey: ['overview', 'changes'],
  queryFn: ({ signal }) => get<FeedPage>('/v1/changes', { order: 'newest', limit: 8 }, signal),
  refetchInterval,
});

/** @param isConfiguring only who configures may see them: nobody else asks. */
export const webhooksOf = (isConfiguring: boolean) =>
  queryOptions({
    queryKey: ['overview', 'webhooks', isConfiguring],
    queryFn: ({ signal }): Promise<WebhookList> =>
      isConfiguring ? get<WebhookList>('/v1/webhooks', {}, signal) : Promise.resolve({ items: [], next: null }),
    refetchInterval,
  });

/** @param from where the first of the hours begins. */
export const activityOf = (isConfiguring: boolean, from: Date, hours: number) =>
  queryOptions({
    queryKey: ['overview', 'activity', isConfiguring, from.toISOString(), hours],
    queryFn: ({ signal }): Promise<Activity> =>
      isConfiguring
        ? get<Activity>('/v1/activity', { from: from.toISOString(), hours }, signal)
        : Promise.resolve({ items: [] }),
    refetchInterval,
  });

export const recordCountsQuery = queryOptions({
  queryKey: ['overview', 'records'],
  queryFn: ({ signal }) => get<RecordCounts>('/v1/records', {}, signal),
  refetchInterval,
});
