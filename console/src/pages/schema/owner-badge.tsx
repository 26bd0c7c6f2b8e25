import { Badge } from '@mantine/core';

/** Who may write it: people and APIs here, any interface, or one. */
export const OwnerBadge = ({ owner }: { owner: string }) => (
  <Badge variant="light" color={owner === 'internal' ? 'gray' : 'blue'}>
    {owner}
  </Badge>
);
