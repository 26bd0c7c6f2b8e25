import { Anchor, UnstyledButton } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Link } from 'react-router';
import type { RecordType } from '../../../api/catalogue.ts';
import { path } from '../../../api/client.ts';
import { useNames } from '../../../api/names.ts';
import { titleOf } from '../../../api/records.ts';
import type { ListedRecord, RecordList, ShownValue } from '../../../api/types.ts';
import { FieldValue } from '../../../components/field-value.tsx';
import { beginningOf } from '../../../components/words.ts';
import type { Asked } from './asked.ts';
import { type Column, isSortable, widthOf } from './columns.ts';
import classes from './grid.module.css';
import { useKeptOffset } from './kept-offset.ts';

const rowHeight = 37;
/** So many rows before the end the next page is asked for. */
const ahead = 30;

type Pages = {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  fetchNextPage(): unknown;
};

/** Any number of records: only the rows in sight are on the page, and more are asked for as one comes near the end. */
export function Grid({
  type,
  asked,
  pages,
  query,
}: {
  type: RecordType;
  asked: Asked;
  pages: readonly RecordList[];
  query: Pages;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = pages.flatMap(({ items }) => items);
  const { offset, keep } = useKeptOffset();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    initialOffset: offset,
    onChange: ({ scrollOffset }) => keep(scrollOffset ?? 0),
  });
  const inSight = virtual.getVirtualItems();
  const [first, last] = [inSight[0], inSight.at(-1)];
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const isNearEnd = (last?.index ?? 0) >= rows.length - ahead;
  useEffect(() => {
    if (isNearEnd && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [isNearEnd, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const names = useLookedUp(asked.columns, pages);
  const width = 100 + asked.columns.reduce((sum, column) => sum + widthOf(column), 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by the keyboard
    <section className={classes.scroller} ref={scroller} tabIndex={0} aria-label={type.plural}>
      <table className={classes.table} style={{ minWidth: width }} aria-rowcount={hasNextPage ? -1 : rows.length + 1}>
        <colgroup>
          {asked.columns.map((column) => (
            <col key={column.key} style={{ width: widthOf(column) }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {asked.columns.map((column) => (
              <Head key={column.key} column={column} asked={asked} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={first?.start ?? 0} columns={asked.columns.length} />
          {inSight.map(({ index }) => {
            const record = rows[index];
            return record && <Row key={record.id} record={record} place={index} {...{ type, asked, names }} />;
          })}
          <Spacer height={virtual.getTotalSize() - (last?.end ?? 0)} columns={asked.columns.length} />
        </tbody>
      </table>
    </section>
  );
}

/** Takes the room of the rows that are out of sight. */
const Spacer = ({ height, columns }: { height: number; columns: number }) =>
  height > 0 && (
    <tr aria-hidden>
      <td className={classes.spacer} colSpan={columns} style={{ height }} />
    </tr>
  );

function Head({ column, asked }: { column: Column; asked: Asked }) {
  const isUp = asked.sort === column.key;
  const isDown = asked.sort === `-${column.key}`;
  const label = (
    <>
      {column.label}
      {isUp && <ArrowUp size={14} aria-hidden />}
      {isDown && <ArrowDown size={14} aria-hidden />}
    </>
  );
  return (
    <th
      scope="col"
      className={isNumber(column) ? classes.number : undefined}
      aria-sort={isUp ? 'ascending' : isDown ? 'descending' : undefined}
    >
      {isSortable(column) ? (
        <UnstyledButton className={classes.sort} onClick={() => asked.sortBy(column.key)}>
          {label}
        </UnstyledButton>
      ) : (
        <div className={classes.sort}>{label}</div>
      )}
    </th>
  );
}

function Row({
  record,
  place,
  type,
  asked,
  names,
}: {
  record: ListedRecord;
  place: number;
  type: RecordType;
  asked: Asked;
  names: ReadonlyMap<string, string>;
}) {
  return (
    <tr aria-rowindex={place + 2}>
      {asked.columns.map((column, index) => {
        const value = valueIn(record, column);
        return (
          <td
            key={column.key}
            className={isNumber(column) ? classes.number : undefined}
            title={typeof value === 'string' && column.type !== 'lookup' ? value : undefined}
          >
            {index === 0 ? (
              <Anchor component={Link} size="sm" to={path`/records/${type.key}/${record.id}`}>
                {typeof value === 'string' && value !== '' && column.options.length === 0
                  ? value
                  : titleOf(type, record)}
              </Anchor>
            ) : (
              <FieldValue field={column} value={value} names={names} />
            )}
          </td>
        );
      })}
    </tr>
  );
}

const isNumber = ({ type }: Column): boolean => type === 'integer' || type === 'decimal';

/** More than the widest cell has room for. */
const mostCharacters = 300;

function valueIn(record: ListedRecord, { key }: Column): ShownValue | undefined {
  if (Object.hasOwn(record.fields, key)) {
    const value = record.fields[key];
    return typeof value === 'string' ? beginningOf(value, mostCharacters) : value;
  }
  return record[key as 'number' | 'version' | 'created_at' | 'updated_at'];
}

/** The names of the records that the lookups in these columns point at: one request for each page and column. */
const useLookedUp = (columns: readonly Column[], pages: readonly RecordList[]): ReadonlyMap<string, string> =>
  useNames(
    columns.flatMap(({ key, to }) =>
      to === undefined
        ? []
        : pages.map(({ items }) => ({
            type: to,
            ids: items.flatMap(({ fields }) => (typeof fields[key] === 'string' ? [fields[key]] : [])),
          })),
    ),
  );
