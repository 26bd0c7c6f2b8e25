/** What a list shows, as it stands in the page's address: filters and sort order in the API's own grammar, and the columns. */
import { useSearchParams } from 'react-router';
import type { RecordType } from '../../../api/catalogue.ts';
import type { ListQuery } from '../../../api/records.ts';
import { columnsOf, usualColumns } from './columns.ts';

export type Filter = { readonly field: string; readonly operator: string; readonly value: string };

const filterName = /^filter\[([^[\]]+)\](?:\[([a-z]+)\])?$/;
const nameOf = ({ field, operator }: Omit<Filter, 'value'>): string => `filter[${field}][${operator}]`;

const filtersIn = (search: URLSearchParams): Filter[] =>
  [...search].flatMap(([name, value]) => {
    const [, field, operator = 'eq'] = filterName.exec(name) ?? [];
    return field === undefined ? [] : [{ field, operator, value }];
  });

/** The part that the API is asked with. */
export function listQueryOf(search: URLSearchParams): ListQuery {
  const sort = search.get('sort');
  const filters = filtersIn(search).map((filter) => [nameOf(filter), filter.value]);
  return { ...Object.fromEntries(filters), ...(sort && { sort }) };
}

export function useAsked(type: RecordType) {
  const [search, setSearch] = useSearchParams();
  const filters = filtersIn(search);
  const sort = search.get('sort') ?? '';
  const chosen = search.get('columns')?.split(',') ?? usualColumns(type);
  const all = columnsOf(type);
  const change = (edit: (next: URLSearchParams) => void): void =>
    setSearch(
      (now) => {
        const next = new URLSearchParams(now);
        edit(next);
        return next;
      },
      { replace: true },
    );
  return {
    filters,
    sort,
    columns: chosen.flatMap((key) => all.find((column) => column.key === key) ?? []),
    /** One that is there for the same field and operator gives way. */
    addFilter: (filter: Filter) =>
      change((next) => {
        if (filter.operator === 'eq') next.delete(`filter[${filter.field}]`);
        next.set(nameOf(filter), filter.value);
      }),
    removeFilter: (filter: Filter) =>
      change((next) => {
        next.delete(nameOf(filter));
        if (filter.operator === 'eq') next.delete(`filter[${filter.field}]`);
      }),
    clearFilters: () =>
      change((next) => {
        for (const name of [...next.keys()]) if (filterName.test(name)) next.delete(name);
      }),
    /** Up, down, and as it was. */
    sortBy: (key: string) =>
      change((next) => {
        if (sort === key) next.set('sort', `-${key}`);
        else if (sort === `-${key}`) next.delete('sort');
        else next.set('sort', key);
      }),
    setColumns: (keys: readonly string[]) => change((next) => next.set('columns', keys.join(','))),
  };
}

export type Asked = ReturnType<typeof useAsked>;
