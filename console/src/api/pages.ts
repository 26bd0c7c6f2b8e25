/** Lists that come page by page: what an infinite query says of its cursor. */
const firstPage = null as string | null;

export const byCursor = {
  initialPageParam: firstPage,
  getNextPageParam: ({ next }: { next: string | null }): string | null => next,
};

export const cursorOf = (cursor: string | null): { cursor?: string } => (cursor === null ? {} : { cursor });
