import { useMutation, useQueryClient } from '@tanstack/react-query';

/** A write after which whatever is shown may be another: it is asked for anew. */
export function useWrite<Wanted, Answer>(mutationFn: (wanted: Wanted) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => queries.invalidateQueries() });
}
