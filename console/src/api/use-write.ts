import { useMutation, useQueryClient } from '@tanstack/react-query';

/** A write after which whatever is shown may be another: it is asked for anew. @param then at once, also if what asked for it goes by that. */
export function useWrite<Wanted, Answer>(
  mutationFn: (wanted: Wanted) => Promise<Answer>,
  then?: (answer: Answer) => void,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: (answer) => {
      then?.(answer);
      return queries.invalidateQueries();
    },
  });
}
