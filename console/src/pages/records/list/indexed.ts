/** What of a list an index answers, as the API does it. The rest goes through all records of the type. */
import type { Filter } from './asked.ts';
import type { Column } from './columns.ts';

const ofKeys = ['eq', 'in'];
const ofIndexes = [...ofKeys, 'gt', 'gte', 'lt', 'lte', 'starts', 'null'];

export function isByIndex({ type, unique, filterable }: Column, operator: string): boolean {
  if ((unique || type === 'lookup') && ofKeys.includes(operator)) return true;
  return filterable && (type === 'multi_enum' ? ['contains', 'eq'] : ofIndexes).includes(operator);
}

/** The labels of what makes a list go through all records: of filters that no index answers, and of the order. */
export function slowIn(
  all: readonly Column[],
  { filters, sort }: { readonly filters: readonly Filter[]; readonly sort: string },
): string[] {
  const columnOf = (key: string): Column | undefined => all.find((column) => column.key === key);
  const filtered = filters.flatMap(({ field, operator }) => {
    const column = columnOf(field);
    return column === undefined ? [] : [{ label: column.label, isFast: isByIndex(column, operator) }];
  });
  if (filtered.some(({ isFast }) => isFast)) return [];
  const order = columnOf(sort.replace(/^-/, ''));
  return [...filtered.map(({ label }) => label), ...(order === undefined || order.filterable ? [] : [order.label])];
}

export const costInWords = (labels: readonly string[]): string =>
  `No index answers ${labels.join(', ')}: this goes through all records, which takes seconds where there are very many. A field that is filterable in the schema has one.`;
