/** Imports of records from a file, and what is kept of them. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiProblem, call, get, type OnSent, path } from './client.ts';
import { byCursor, cursorOf } from './pages.ts';
import type { ImportAnswer, ImportList, ImportRevert, RejectedRowList, ShownImport, ShownPlan } from './types.ts';
import { useWrite } from './use-write.ts';

export type ImportFile = {
  readonly type: string;
  readonly key: string;
  readonly mode: string;
  readonly content: Blob;
  readonly media: string;
  /** Of the numbers of CSV. */
  readonly decimal: 'point' | 'comma';
};

const send = <Answer>(
  { type, key, mode, content, media, decimal }: ImportFile,
  onSent: OnSent,
  more: Record<string, string | boolean>,
) =>
  call<Answer>('POST', path`/v1/records/${type}/import`, {
    query: { key, mode, ...(decimal === 'comma' && { decimal }), ...more },
    file: { content, type: media },
    onSent,
  });

/** To make it up takes a moment, and may fail. */
type Prepare = () => Promise<ImportFile>;

type Told = { readonly prepared: Prepare; readonly onSent: OnSent };

/** What the file would do; nothing of it is written. */
export const usePlanImport = () =>
  useMutation({
    mutationFn: async ({ prepared, onSent }: Told) => send<ShownPlan>(await prepared(), onSent, { plan: true }),
  });

/** @param planId does just what was planned, all of it or nothing. @param goOn the import that was cut short. */
export function useImport() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ prepared, onSent, planId, goOn }: Told & { planId?: string; goOn?: string }) =>
      send<ImportAnswer>(await prepared(), onSent, {
        ...(planId && { plan_id: planId }),
        ...(goOn && { import: goOn }),
      }),
    // Also when it failed: what was written stays written.
    onSettled: () => Promise.all(['records', 'imports'].map((all) => queries.invalidateQueries({ queryKey: [all] }))),
  });
}

/** Those of a type, the newest first: a member's own, everybody's for whoever configures. */
export const importsQuery = (type: string) =>
  infiniteQueryOptions({
    queryKey: ['imports', 'of', type],
    queryFn: ({ signal, pageParam }) =>
      get<ImportList>('/v1/imports', { type, limit: 50, ...cursorOf(pageParam) }, signal),
    ...byCursor,
  });

/** @param id its id or number. */
export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ['imports', 'one', id],
    queryFn: ({ signal }) => get<ShownImport>(path`/v1/imports/${id}`, {}, signal),
    refetchInterval: ({ state: { data } }) => (data?.state === 'receiving' ? 1_000 : false),
  });

export const rejectedRowsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['imports', 'one', id, 'rejected'],
    queryFn: ({ signal, pageParam }) =>
      get<RejectedRowList>(path`/v1/imports/${id}/rejected`, { limit: 50, ...cursorOf(pageParam) }, signal),
    ...byCursor,
  });

/** What its revert would do; the answer is no run's. */
export const usePlanImportRevert = (id: string) =>
  useMutation({
    mutationFn: async () => {
      const plan = await call<Omit<ShownPlan, 'run'>>('POST', path`/v1/imports/${id}/revert`, {
        query: { plan: true },
      });
      return { ...plan, run: null };
    },
  });

export const useRevertImport = (id: string) =>
  useWrite((planId: string) =>
    call<ImportRevert>('POST', path`/v1/imports/${id}/revert`, { query: { plan_id: planId } }),
  );

/** How far the import of this type has come that is under way: its answer comes at the end only. */
export const underWayQuery = (type: string, principal: number) =>
  queryOptions({
    queryKey: ['imports', 'under way', type, principal],
    queryFn: async ({ signal }): Promise<ShownImport | null> => {
      const { items } = await get<ImportList>('/v1/imports', { type, limit: 10 }, signal);
      return items.find((one) => one.principal.id === principal && one.state === 'receiving') ?? null;
    },
    refetchInterval: 1_000,
    gcTime: 0,
  });

/** The import that a failure was of, which goes on where it was cut short. */
export function cutShortImport(fault: unknown): string | undefined {
  const { import: id } = (fault instanceof ApiProblem && fault.problem.violations[0]) || { import: undefined };
  return typeof id === 'string' ? id : undefined;
}
