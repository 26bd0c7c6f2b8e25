import { Badge } from '@mantine/core';
import type { Owner } from '../api/catalogue.ts';

/** Who may change it: people and APIs here, any interface, or one of them. */
export const OwnerBadge = ({ owner }: { owner: Owner }) => (
  <Badge variant="light" color={owner === 'internal' ? 'gray' : 'blue'}>
    {owner}
  </Badge>
);
