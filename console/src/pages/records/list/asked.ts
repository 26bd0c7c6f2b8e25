/** What a list shows, as it stands in the page's address: the key that is looked for, filters and sort order in the API's own grammar, and the columns. */
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

const keyName = 'find';

/** The key that is looked for, as it was typed; empty: none. */
export const keyIn = (search: URLSearchParams): string => search.get(keyName) ?? '';

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
  const key = keyIn(search);
  /** @param isStep one can go back from it; else it takes the place of what was shown. */
  const change = (edit: (next: URLSearchParams) => void, isStep = false): void =>
    setSearch(
      (now) => {
        const next = new URLSearchParams(now);
        edit(next);
        return next;
      },
      { replace: !isStep },
    );
  return {
    key,
    filters,
    sort,
    columns: chosen.flatMap((key) => all.find((column) => column.key === key) ?? []),
    /** To begin and to end the search are steps; the letters in between are not. */
    lookFor: (text: string) =>
      change(
        (next) => {
          if (text.trim() === '') next.delete(keyName);
          else next.set(keyName, text);
        },
        key === '' || text.trim() === '',
      ),
    /** The same text as a part of the name, for whoever typed no key. */
    lookForInNames: () =>
      change((next) => {
        next.delete(keyName);
        next.set(nameOf({ field: 'name', operator: 'contains' }), key.trim());
      }, true),
    /** One that is there for the same field and operator gives way. */
    addFilter: (filter: Filter) =>
      change((next) => {
        if (filter.operator === 'eq') next.delete(`filter[${filter.field}]`);
        next.set(nameOf(filter), filter.value);
      }, true),
    removeFilter: (filter: Filter) =>
      change((next) => {
        next.delete(nameOf(filter));
        if (filter.operator === 'eq') next.delete(`filter[${filter.field}]`);
      }, true),
    clearFilters: () =>
      change((next) => {
        for (const name of [...next.keys()]) if (filterName.test(name)) next.delete(name);
      }, true),
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
