/** Interfaces, their runs and their issues. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { call, get, path } from './client.ts';
import type {
  InterfaceList,
  IssueList,
  ListedInterface,
  NewInterface,
  RunList,
  ShownInterface,
  ShownRun,
} from './types.ts';

const isUnderWay = ({ state }: ShownRun): boolean => state === 'received' || state === 'queued';
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

export const issuesQuery = (endpoint: string) =>
  queryOptions({
    queryKey: ['interfaces', endpoint, 'issues'],
    queryFn: ({ signal }) => get<IssueList>(path`/v1/interfaces/${endpoint}/issues`, { limit: 100 }, signal),
  });

export function useCreateInterface() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewInterface) => call<ShownInterface>('POST', '/v1/interfaces', { body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['interfaces'] }),
  });
}
