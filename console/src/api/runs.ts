/** Runs: what a set did, what it holds, and what can be done about it. */
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation } from '@tanstack/react-query';
import { call, get, path } from './client.ts';
import { byCursor, cursorOf } from './pages.ts';
import type {
  ElementList,
  HeldAnswer,
  HeldList,
  IssueList,
  ReplayAnswer,
  ShownPlan,
  ShownRun,
  UnchangedList,
} from './types.ts';
import { useWrite } from './use-write.ts';

export const isUnderWay = ({ state }: Pick<ShownRun, 'state'>): boolean => state === 'received' || state === 'queued';

/** Of how many elements it is known what became of them. */
export const doneOf = ({ counts }: Pick<ShownRun, 'counts'>): number =>
  counts.created +
  counts.updated +
  counts.revived +
  counts.unchanged +
  counts.rejected +
  counts.superseded +
  counts.held;

/** How long it was at work; 0 as long as it is. */
export const tookMs = ({ received_at, started_at, finished_at }: ShownRun): number =>
  finished_at === null ? 0 : Date.parse(finished_at) - Date.parse(started_at ?? received_at);

/** Not a plan, and not a run that applies some elements again, or takes a set back. */
export const isCompleteSet = ({ state, replays, reverts }: ShownRun): boolean =>
  state !== 'planned' && replays === null && reverts === null;

export const runQuery = (run: string) =>
  queryOptions({
    queryKey: ['runs', run],
    queryFn: ({ signal }) => get<ShownRun>(path`/v1/runs/${run}`, {}, signal),
    refetchInterval: ({ state }) => (state.data !== undefined && isUnderWay(state.data) ? 700 : false),
  });

/** @param asked an outcome; `error`: those with an error; `all`. */
export const elementsQuery = (run: string, asked: string) =>
  infiniteQueryOptions({
    queryKey: ['runs', run, 'elements', asked],
    queryFn: ({ signal, pageParam }) => {
      const filter = asked === 'all' ? {} : asked === 'error' ? { severity: asked } : { outcome: asked };
      return get<ElementList>(path`/v1/runs/${run}/elements`, { ...filter, limit: 50, ...cursorOf(pageParam) }, signal);
    },
    ...byCursor,
  });

/** The records that it found as they were, of which no elements are kept. */
export const unchangedQuery = (run: string) =>
  infiniteQueryOptions({
    queryKey: ['runs', run, 'unchanged'],
    queryFn: ({ signal, pageParam }) =>
      get<UnchangedList>(path`/v1/runs/${run}/unchanged`, { limit: 50, ...cursorOf(pageParam) }, signal),
    ...byCursor,
  });

/** An element by its place in the set; null when it is not kept any more. */
export const elementQuery = (run: string, { key, place }: { key: string | null; place: number }) =>
  queryOptions({
    queryKey: ['runs', run, 'element', place],
    queryFn: async ({ signal }) => {
      const asked = key === null ? { outcome: 'rejected' } : { key };
      const { items } = await get<ElementList>(path`/v1/runs/${run}/elements`, { ...asked, limit: 1000 }, signal);
      return items.find((one) => one.place === place) ?? null;
    },
  });

export type IssueFilter = {
  readonly severity?: string;
  readonly key?: string;
  /** Whether a replay or a decision has resolved it; left out: either. */
  readonly resolved?: boolean;
};

/** What a list of them begins with. */
export const openIssues = { resolved: false } satisfies IssueFilter;

export const runIssuesQuery = (run: string, filter: IssueFilter) =>
  infiniteQueryOptions({
    queryKey: ['runs', run, 'issues', filter],
    queryFn: ({ signal, pageParam }) =>
      get<IssueList>(path`/v1/runs/${run}/issues`, { ...filter, limit: 50, ...cursorOf(pageParam) }, signal),
    ...byCursor,
    placeholderData: keepPreviousData,
  });

export const planOfRunQuery = ({ id, interface: endpoint }: Pick<ShownRun, 'id' | 'interface'>) =>
  queryOptions({
    queryKey: ['runs', id, 'plan'],
    queryFn: ({ signal }) => get<ShownPlan>(path`/v1/interfaces/${endpoint}/runs/${id}/plan`, {}, signal),
  });

/** Of one element, by its place. */
export const issuesOfElementQuery = (run: string, { key, place }: { key: string | null; place: number }) =>
  queryOptions({
    queryKey: ['runs', run, 'issues', 'of', place],
    queryFn: async ({ signal }) => {
      const { items } = await get<IssueList>(path`/v1/runs/${run}/issues`, key === null ? {} : { key }, signal);
      return items.filter((issue) => issue.place === place);
    },
  });

export const heldQuery = (run: string) =>
  infiniteQueryOptions({
    queryKey: ['runs', run, 'held'],
    queryFn: ({ signal, pageParam }) =>
      get<HeldList>(path`/v1/runs/${run}/held`, { limit: 50, ...cursorOf(pageParam) }, signal),
    ...byCursor,
  });

export const useApprove = (run: string) =>
  useWrite((deletes: number) => call<HeldAnswer>('POST', path`/v1/runs/${run}/approve`, { body: { deletes } }));

export const useCancel = (run: string) => useWrite(() => call<HeldAnswer>('POST', path`/v1/runs/${run}/cancel`));

export const usePlanRevert = (run: string) =>
  useMutation({
    mutationFn: () => call<ShownPlan>('POST', path`/v1/runs/${run}/revert`, { query: { plan: true } }),
  });

export const useRevert = (run: string) =>
  useWrite((planId: string) => call<ShownRun>('POST', path`/v1/runs/${run}/revert`, { query: { plan_id: planId } }));

/** Applies an element that was rejected, as somebody has mended it. @param then whatever came of it. */
export const useReplayElement = (run: string, place: number, then: (answer: ReplayAnswer) => void) =>
  useWrite(
    (row: object) => call<ReplayAnswer>('POST', path`/v1/runs/${run}/elements/${place}/replay`, { body: row }),
    then,
  );

/** Applies all that were rejected and not mended yet, as they were sent. */
export const useReplay = (run: string) => useWrite(() => call<ReplayAnswer>('POST', path`/v1/runs/${run}/replay`));
