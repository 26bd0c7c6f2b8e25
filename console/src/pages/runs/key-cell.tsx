import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import type { ShownElement } from '../../api/types.ts';
import { keyStyle } from '../../components/key-style.ts';
import { StackingCell } from '../../components/stacking-table.tsx';

/** The key of what was sent, which leads to its record where there is one. */
export const KeyCell = ({ of, sent: { key, record } }: { of: string; sent: Pick<ShownElement, 'key' | 'record'> }) => (
  <StackingCell of={of} style={keyStyle(key)}>
    {record === null ? (
      key
    ) : (
      <Anchor component={Link} size="sm" to={path`/records/${record.type}/${record.id}`}>
        {key}
      </Anchor>
    )}
  </StackingCell>
);
