/** Who is signed in. */
import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { ApiProblem, call, get } from './client.ts';
import type { Me } from './types.ts';

/** null: nobody. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      return await get<Me>('/v1/me', {}, signal);
    } catch (fault) {
      if (fault instanceof ApiProblem && fault.problem.status === 401) return null;
      throw fault;
    }
  },
  staleTime: 60_000,
});

/** Within the pages that one must be signed in for. */
export function useMe(): Me {
  const { data } = useSuspenseQuery(meQuery);
  if (data === null) throw new Error('Nobody is signed in.');
  return data;
}

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { user_name: string; password: string }) => call<Me>('POST', '/v1/session', { body }),
    onSuccess: (me) => queries.setQueryData(meQuery.queryKey, me),
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call('DELETE', '/v1/session'),
    onSuccess: () => {
      queries.setQueryData(meQuery.queryKey, null);
      // Nothing of one user is shown to the next.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] });
    },
  });
}
