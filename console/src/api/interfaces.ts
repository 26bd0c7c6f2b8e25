/** Interfaces, their runs and their issues. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { call, get, type OnSent, path } from './client.ts';
import { byCursor, cursorOf } from './pages.ts';
import { isUnderWay } from './runs.ts';
import type {
  InterfaceCallsList,
  InterfaceChange,
  InterfaceList,
  ListedInterface,
  NewInterface,
  RunList,
  ShownInterface,
  ShownPlan,
  ShownRun,
} from './types.ts';
import { useWrite } from './use-write.ts';

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

/** How it is called, through each API that serves it. */
export const interfaceCallsQuery = (endpoint: string) =>
  queryOptions({
    queryKey: ['interfaces', endpoint, 'calls'],
    queryFn: ({ signal }) => get<InterfaceCallsList>(path`/v1/interfaces/${endpoint}/calls`, {}, signal),
  });

/** @param state of these only; empty: of any. */
export const runsQuery = (endpoint: string, state = '') =>
  infiniteQueryOptions({
    queryKey: ['interfaces', endpoint, 'runs', state],
    queryFn: ({ signal, pageParam }) =>
      get<RunList>(path`/v1/interfaces/${endpoint}/runs`, { state, limit: 50, ...cursorOf(pageParam) }, signal),
    ...byCursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => whileUnderWay(data?.pages[0]?.items),
  });

export function useCreateInterface() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewInterface) => call<ShownInterface>('POST', '/v1/interfaces', { body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['interfaces'] }),
  });
}

export const useChangeInterface = (endpoint: string) =>
  useWrite((body: InterfaceChange) => call<ShownInterface>('PATCH', path`/v1/interfaces/${endpoint}`, { body }));

export function useRemoveInterface(endpoint: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (allowLoss: boolean) =>
      call('DELETE', path`/v1/interfaces/${endpoint}`, { query: { allow_loss: allowLoss } }),
    // Not what is about the interface itself: there is nothing to be read any more.
    onSuccess: () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] !== endpoint }),
  });
}

export type SentSet = {
  readonly content: Blob | string;
  readonly type: string;
  /** Of another API, as which the set is written. */
  readonly form?: 'relatics';
  /** Of the numbers of CSV. */
  readonly decimal?: 'point' | 'comma';
};

type Told = { readonly prepared: () => Promise<SentSet>; readonly onSent: OnSent };

async function send<Answer>(endpoint: string, { prepared, onSent }: Told, how: Record<string, string | boolean>) {
  const { form, decimal, ...file } = await prepared();
  const query = { ...how, ...(form && { form }), ...(decimal === 'comma' && { decimal }) };
  return call<Answer>('POST', path`/v1/interfaces/${endpoint}/runs`, { query, file, onSent });
}

/** What the set would do; nothing of it is written. */
export const usePlanSet = (endpoint: string) =>
  useMutation({ mutationFn: (told: Told) => send<ShownPlan>(endpoint, told, { plan: true }) });

/** Does just what was planned. */
export const useSendSet = (endpoint: string) =>
  useWrite(({ planId, ...told }: Told & { readonly planId: string }) =>
    send<ShownRun>(endpoint, told, { plan_id: planId }),
  );
