/** Links that wait for their records. */
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { call, get, path } from './client.ts';
import { byCursor, cursorOf } from './pages.ts';
import type { WaitingLinkList } from './types.ts';
import { useWrite } from './use-write.ts';

export type WaitingFilter = { readonly link?: string; readonly state?: string; readonly waits_for?: string };

export const waitingLinksQuery = (filter: WaitingFilter) =>
  infiniteQueryOptions({
    queryKey: ['waiting-links', filter],
    queryFn: ({ signal, pageParam }) =>
      get<WaitingLinkList>('/v1/links/pending', { ...filter, limit: 50, ...cursorOf(pageParam) }, signal),
    ...byCursor,
    placeholderData: keepPreviousData,
  });

export const useWithdraw = () => useWrite((number: number) => call('DELETE', path`/v1/links/pending/${number}`));
