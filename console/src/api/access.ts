/** Keys and users. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { call, get, path } from './client.ts';
import { byCursor, cursorOf } from './pages.ts';
import type { KeyList, MadeKey, NewKey, NewUser, RightsList, ShownUser, UserChange, UserList } from './types.ts';
import { useWrite } from './use-write.ts';

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: ({ signal }) => get<KeyList>('/v1/keys', {}, signal),
});

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: ({ signal }) => get<UserList>('/v1/users', {}, signal),
});

/** Who may do what with a record type. @param action only those who may do this; empty: anything. */
export const rightsQuery = (type: string, action: string) =>
  infiniteQueryOptions({
    queryKey: ['users', 'rights', type, action], // other ones once a user is changed
    queryFn: ({ signal, pageParam }) =>
      get<RightsList>('/v1/grants', { type, action, limit: 200, ...cursorOf(pageParam) }, signal),
    ...byCursor,
  });

export function useMakeKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewKey) => call<MadeKey>('POST', '/v1/keys', { body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
  });
}

export function useRevokeKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => call('DELETE', path`/v1/keys/${id}`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
  });
}

export function useMakeUser() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewUser) => call<ShownUser>('POST', '/v1/users', { body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['users'] }),
  });
}

export const useChangeUser = (id: number) =>
  useWrite((body: UserChange) => call<ShownUser>('PATCH', path`/v1/users/${id}`, { body }));

export const useDisableUser = (id: number) => useWrite(() => call('DELETE', path`/v1/users/${id}`));
