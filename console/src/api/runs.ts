/** Runs: what a set did, what it holds, and what can be done about it. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { call, get, path } from './client.ts';
import type { ElementList, HeldAnswer, HeldList, IssueList, ReplayAnswer, ShownPlan, ShownRun } from './types.ts';

export const isUnderWay = ({ state }: Pick<ShownRun, 'state'>): boolean => state === 'received' || state === 'queued';

export const runQuery = (run: string) =>
  queryOptions({
    queryKey: ['runs', run],
    queryFn: ({ signal }) => get<ShownRun>(path`/v1/runs/${run}`, {}, signal),
    refetchInterval: ({ state }) => (state.data !== undefined && isUnderWay(state.data) ? 700 : false),
  });

const firstPage = null as string | null;
const next = ({ next: cursor }: { next: string | null }): string | null => cursor;
const cursorOf = (cursor: string | null): { cursor?: string } => (cursor === null ? {} : { cursor });

export const elementsQuery = (run: string, outcome: string) =>
  infiniteQueryOptions({
    queryKey: ['runs', run, 'elements', outcome],
    queryFn: ({ signal, pageParam }) =>
      get<ElementList>(path`/v1/runs/${run}/elements`, { outcome, limit: 50, ...cursorOf(pageParam) }, signal),
    initialPageParam: firstPage,
    getNextPageParam: next,
    placeholderData: keepPreviousData,
  });

export type IssueFilter = { readonly severity?: string; readonly code?: string; readonly key?: string };

export const runIssuesQuery = (run: string, filter: IssueFilter) =>
  infiniteQueryOptions({
    queryKey: ['runs', run, 'issues', filter],
    queryFn: ({ signal, pageParam }) =>
      get<IssueList>(path`/v1/runs/${run}/issues`, { ...filter, limit: 50, ...cursorOf(pageParam) }, signal),
    initialPageParam: firstPage,
    getNextPageParam: next,
    placeholderData: keepPreviousData,
  });

export const heldQuery = (run: string) =>
  infiniteQueryOptions({
    queryKey: ['runs', run, 'held'],
    queryFn: ({ signal, pageParam }) =>
      get<HeldList>(path`/v1/runs/${run}/held`, { limit: 50, ...cursorOf(pageParam) }, signal),
    initialPageParam: firstPage,
    getNextPageParam: next,
  });

/** Whatever is done to a run may change it, its interface and the records. */
function useRunMutation<Wanted, Answer>(mutationFn: (wanted: Wanted) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => queries.invalidateQueries() });
}

export const useApprove = (run: string) =>
  useRunMutation((deletes: number) => call<HeldAnswer>('POST', path`/v1/runs/${run}/approve`, { body: { deletes } }));

export const useCancel = (run: string) => useRunMutation(() => call<HeldAnswer>('POST', path`/v1/runs/${run}/cancel`));

export const usePlanRevert = (run: string) =>
  useMutation({
    mutationFn: () => call<ShownPlan>('POST', path`/v1/runs/${run}/revert`, { query: { plan: true } }),
  });

export const useRevert = (run: string) =>
  useRunMutation((planId: string) =>
    call<ShownRun>('POST', path`/v1/runs/${run}/revert`, { query: { plan_id: planId } }),
  );

/** Applies an element that was rejected, as somebody has mended it. */
export const useReplayElement = (run: string, place: number) =>
  useRunMutation((row: object) =>
    call<ReplayAnswer>('POST', path`/v1/runs/${run}/elements/${place}/replay`, { body: row }),
  );

/** Applies all that were rejected and not mended yet, as they were sent. */
export const useReplay = (run: string) =>
  useRunMutation(() => call<ReplayAnswer>('POST', path`/v1/runs/${run}/replay`));
