import { useQueryClient, useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import { path } from '../../../api/client.ts';
import { linksQuery } from '../../../api/links.ts';
import { historyQuery, recordKeysQuery } from '../../../api/record-details.ts';
import { recordQuery } from '../../../api/records.ts';
import { Loading } from '../../../app/loading.tsx';

/** From the address by a key or number to the one by id; what was asked for by the one is not asked for again by the other. */
export function ToItsId({ type, by, id }: { type: string; by: string; id: string }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  useSuspenseQuery(recordKeysQuery(type, by));
  useSuspenseInfiniteQuery(linksQuery(type, by));
  useSuspenseInfiniteQuery(historyQuery(type, by));
  useEffect(() => {
    const { queryKey: asked } = recordQuery(type, by);
    const { queryKey: known } = recordQuery(type, id);
    for (const [queryKey, data] of queries.getQueriesData({ queryKey: asked }))
      queries.setQueryData([...known, ...queryKey.slice(asked.length)], data);
    void navigate(path`/records/${type}/${id}`, { replace: true });
  }, [queries, navigate, type, by, id]);
  return <Loading />;
}
