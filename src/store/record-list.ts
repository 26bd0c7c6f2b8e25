/** Lists of records, and how many there are in one: by the index where it helps, else by going through all records of the type. */
import type { Page, Transaction } from './database.ts';
import { countByIndex, listByIndex, usualBounds } from './list-by-index.ts';
import {
  beyondSql,
  filtersSql,
  type Listing,
  type ListRow,
  ofTypeSql,
  parametersFor,
  readPage,
  type Sought,
} from './list-sql.ts';

export async function listRecords(
  tx: Transaction,
  workspace: number,
  query: Listing,
  bounds = usualBounds,
): Promise<Page<ListRow>> {
  const found = await listByIndex(tx, workspace, query, bounds);
  if (found !== undefined) return found;
  return readPage(tx, workspace, query, (parameters) => ({
    from: 'record r',
    where: [...ofTypeSql(query), ...beyondSql(query, parameters)],
  }));
}

export async function countSelected(
  tx: Transaction,
  workspace: number,
  sought: Sought,
  bounds = usualBounds,
): Promise<number> {
  const counted = await countByIndex(tx, workspace, sought, bounds);
  if (counted !== undefined) return counted;
  const parameters = parametersFor(workspace);
  const conditions = [...ofTypeSql(sought), ...filtersSql(sought, parameters)];
  const [row] = await tx.query<{ count: number }>(
    `select count(*) as count from record r where ${conditions.join(' and ')}`,
    parameters.values,
  );
  return row?.count ?? 0;
}
