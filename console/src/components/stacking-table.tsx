import { Table, type TableProps, type TableTdProps, type TableTrProps } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './stacking-table.module.css';

type Shown = Omit<TableProps, 'children'> & {
  readonly columns: readonly string[];
  /** Those of the columns that hold numbers, which stand under each other. */
  readonly numbers?: readonly string[];
  readonly children: ReactNode;
};

/**
 * A table whose rows, on a narrow screen, have their cells one under the other, each beside the name of its column: nothing of it has to be
 * scrolled sideways. The roles are said since browsers forget them of a table that is laid out as something else.
 */
export const StackingTable = ({ columns, numbers = [], children, ...props }: Shown) => (
  <Table verticalSpacing="xs" {...props} role="table" className={classes.table}>
    <Table.Thead role="rowgroup">
      <Table.Tr role="row">
        {columns.map((name) => (
          <Table.Th key={name} role="columnheader" className={numbers.includes(name) ? classes.number : undefined}>
            {name}
          </Table.Th>
        ))}
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody role="rowgroup">{children}</Table.Tbody>
  </Table>
);

export const StackingRow = (props: TableTrProps) => <Table.Tr {...props} role="row" className={classes.row} />;

type Cell = TableTdProps & {
  /** The name of its column. */
  readonly of: string;
  /** On a narrow screen it says itself what it is, and has all of the width. */
  readonly isPlain?: boolean;
  /** On a narrow screen two of these share a line. */
  readonly isNumber?: boolean;
  /** In pixels, what its column has at least where there are columns: what may break anywhere would be a letter wide. */
  readonly room?: number;
};

export const StackingCell = ({
  of,
  isPlain = false,
  isNumber = false,
  room,
  className = '',
  style,
  children,
  ...props
}: Cell) => (
  <Table.Td
    {...props}
    style={room === undefined ? style : [style, { '--room': `${room}px` }]}
    role="cell"
    className={`${classes.cell} ${isNumber ? classes.number : ''} ${className}`}
    {...(isPlain ? {} : { 'data-column': of })}
    {...(isNothing(children) && { 'data-empty': true })}
  >
    {isNothing(children) ? '–' : <div>{children}</div>}
  </Table.Td>
);

const isNothing = (children: ReactNode): boolean =>
  children === null || children === undefined || children === '' || children === false;
