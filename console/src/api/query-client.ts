import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './client.ts';

const isSignedOut = (fault: unknown): boolean => fault instanceof ApiProblem && fault.problem.status === 401;

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError(fault, query) {
      // The session ended: everything but the sign-in is of nobody now.
      if (isSignedOut(fault) && query.queryKey[0] !== 'me') void queryClient.invalidateQueries({ queryKey: ['me'] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server refuses it refuses again.
      retry: (failures, fault) => !(fault instanceof ApiProblem) && failures < 2,
    },
  },
});
