/** Lists of records, and how many there are in one: by the index where it helps, else by going through all records of the type. */
import type { Page, Transaction } from '../postgres/database.ts';
import { countByIndex, listByIndex, usualBounds } from './list-by-index.ts';
import {
  beyondSql,
  countRows,
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
  return countRows(tx, 'record r', [...ofTypeSql(sought), ...filtersSql(sought, parameters)], parameters);
}
