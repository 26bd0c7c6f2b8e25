/** Interfaces, their runs and their issues. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { call, get, path } from './client.ts';
import { isUnderWay } from './runs.ts';
import type {
  InterfaceList,
  ListedInterface,
  NewInterface,
  RunList,
  ShownInterface,
  ShownPlan,
  ShownRun,
} from './types.ts';

/** While something is under way one wants to see it move. */
const whileUnderWay = (items: readonly ShownRun[] = []): number | false => (items.some(isUnderWay) ? 1_000 : 15_000);

export const interfacesQuery = queryOptions({
  queryKey: ['interfaces'],
  queryFn: ({ signal }) => get<InterfaceList>('/v1/interfaces', {}, signal),
  refetchInterval: 15_000,
});

export const interfaceQuery = (endpoint: string) =>
  queryOptions({
    queryKey: ['interfaces', endpoint],
    queryFn: ({ signal }) => get<ListedInterface>(path`/v1/interfaces/${endpoint}`, {}, signal),
  });

export const runsQuery = (endpoint: string) =>
  queryOptions({
    queryKey: ['interfaces', endpoint, 'runs'],
    queryFn: ({ signal }) => get<RunList>(path`/v1/interfaces/${endpoint}/runs`, { limit: 50 }, signal),
    refetchInterval: ({ state }) => whileUnderWay(state.data?.items),
  });

export function useCreateInterface() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewInterface) => call<ShownInterface>('POST', '/v1/interfaces', { body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['interfaces'] }),
  });
}

export type SentSet = { readonly content: Blob | string; readonly type: string };

/** What the set would do; nothing of it is written. */
export const usePlanSet = (endpoint: string) =>
  useMutation({
    mutationFn: (file: SentSet) =>
      call<ShownPlan>('POST', path`/v1/interfaces/${endpoint}/runs`, { query: { plan: true }, file }),
  });

/** Does just what was planned. */
export function useSendSet(endpoint: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ planId, ...file }: SentSet & { readonly planId: string }) =>
      call<ShownRun>('POST', path`/v1/interfaces/${endpoint}/runs`, { query: { plan_id: planId }, file }),
    onSuccess: () => queries.invalidateQueries(),
  });
}
