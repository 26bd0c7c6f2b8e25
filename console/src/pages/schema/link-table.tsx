import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import type { Schema } from '../../api/types.ts';
import { Empty } from '../../components/empty.tsx';
import { OwnerBadge } from '../../components/owner-badge.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Wide } from '../../components/wide.tsx';
import { addressOf } from './address.ts';
import { connectionsOf } from './model.ts';

const column = {
  from: 'From',
  name: 'Link or lookup',
  to: 'To',
  inverse: 'The way back',
  cardinality: 'Cardinality',
  roles: 'Roles',
  owner: 'Owner',
} as const;

/** What leads from type to type; the diagram in words. */
export function LinkTable({ schema, mayEdit }: { schema: Schema; mayEdit: boolean }) {
  const connections = connectionsOf(schema);
  if (connections.length === 0) {
    return (
      <Empty title="No link type yet">A link type says which records can be linked to which, and in which roles.</Empty>
    );
  }
  return (
    <Wide>
      <StackingTable columns={Object.values(column)} fz="sm" aria-label="Links and lookups">
        {connections.map(({ from, to, name, kind, inverse, cardinality, roles, owner }) => (
          <StackingRow key={`${from}.${name}`}>
            <StackingCell of={column.from} className="long" room={100}>
              {from}
            </StackingCell>
            <StackingCell of={column.name} className="long" room={100}>
              {mayEdit ? (
                <Anchor
                  component={Link}
                  size="sm"
                  to={addressOf(kind === 'lookup' ? `types.${from}.fields.${name}` : `links.${from}.${name}`)}
                >
                  {name}
                </Anchor>
              ) : (
                name
              )}
              {kind === 'lookup' && ' (lookup)'}
            </StackingCell>
            <StackingCell of={column.to} className="long" room={100}>
              {to}
            </StackingCell>
            <StackingCell of={column.inverse} className="long" room={100}>
              {inverse}
            </StackingCell>
            <StackingCell of={column.cardinality}>{cardinality}</StackingCell>
            <StackingCell of={column.roles}>
              {roles !== null && (
                <Anchor component={Link} size="sm" to="?tab=roles">
                  {roles}
                </Anchor>
              )}
            </StackingCell>
            <StackingCell of={column.owner}>
              <OwnerBadge owner={owner} />
            </StackingCell>
          </StackingRow>
        ))}
      </StackingTable>
    </Wide>
  );
}
