import { useQuery } from '@tanstack/react-query';
import { dialectsQuery } from '../api/dialects.ts';

/** The API that something came through, as people call it, where it is one that is served. */
export function ApiName({ via }: { via: string }) {
  const { data } = useQuery(dialectsQuery);
  const title = data?.items.find(({ name }) => name === via)?.title;
  return title === undefined ? via : `the ${title} API`;
}

export const Through = ({ via }: { via: string }) =>
  via === 'cli' ? (
    'from the command line'
  ) : (
    <>
      through <ApiName via={via} />
    </>
  );
