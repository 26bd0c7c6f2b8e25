/** Searches: by words, by a filter in the body, and by the beginning of a name. */
import type { Condition, Sort, WordSearch } from '../../../model/commands.ts';
import { isObject } from '../../../model/json.ts';
import { type Answer, type Call, objectOf, own, queryOf } from '../call.ts';
import { invalidAttribute } from '../errors.ts';
import { parseSort, recordPage } from '../lists/record-page.ts';
import { suggestionFilter } from '../relationships/suggestions.ts';
import type { CustomObject } from '../schema/view.ts';
import { parseFilter } from './filter.ts';

/** `GET …/records/search?query=…` */
export async function searchRecords(call: Call): Promise<Answer> {
  const object = objectOf(call);
  return search(call, object, []);
}

/** `POST …/records/search`, with a filter in the body, and words in the query or the body. */
export async function filterRecords(call: Call): Promise<Answer> {
  const object = objectOf(call);
  if (call.body !== undefined && !isObject(call.body)) throw invalidAttribute('body', 'expected a JSON object');
  const filter = call.body === undefined ? undefined : own(call.body, 'filter');
  return search(call, object, filter === undefined || filter === null ? [] : [parseFilter(filter, object, call)]);
}

/** `GET …/records/autocomplete?name=…`: names that have every word, or its beginning. */
export async function autocompleteRecords(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const words = wordsOf(queryOf(call, 'name') ?? '');
  return recordPage(call, {
    object,
    conditions: [
      ...words.map((word): Condition => ({ words: [word], fields: [object.name.field.key] })),
      ...suggestionFilter(call, object),
    ],
    sort: [{ field: object.name.field.key, descending: false }],
    path: `/custom_objects/${object.key}/records/autocomplete`,
    argument: 'query',
    counted: true,
  });
}

async function search(call: Call, object: CustomObject, filters: readonly Condition[]): Promise<Answer> {
  const text = queryOf(call, 'query') ?? bodyQuery(call.body);
  const words = text.trim() === call.options.searchForAll ? [] : wordsOf(text);
  const found: WordSearch = { words, fields: searchedFields(object) };
  return recordPage(call, {
    object,
    conditions: words.length === 0 ? filters : [...filters, found],
    sort: orderOf(queryOf(call, 'sort'), object, found),
    path: `/custom_objects/${object.key}/records/search`,
    argument: filters.length > 0 ? 'filter' : 'query',
    counted: true,
  });
}

function bodyQuery(body: unknown): string {
  const query = isObject(body) ? own(body, 'query') : undefined;
  if (query === undefined || query === null) return '';
  if (typeof query !== 'string') throw invalidAttribute('query', 'expected text');
  return query;
}

const wordsOf = (text: string): string[] => text.split(/\s+/u).filter((word) => word !== '');

/** A lookup of users is kept in a field of text, but shows none. */
const searchedFields = (object: CustomObject): string[] =>
  [object.name, ...object.fields]
    .filter(({ type }) => type === 'text' || type === 'textarea' || type === 'regexp')
    .map(({ field }) => field.key);

/** By relevance, unless said: the more of the words a record has, the earlier it comes. */
function orderOf(sort: string | undefined, object: CustomObject, found: WordSearch): Sort[] {
  if (sort !== undefined) {
    const fields = { name: object.name.field.key, created_at: 'created_at', updated_at: 'updated_at' };
    return [parseSort(sort, fields)];
  }
  const byId: Sort = { field: 'number', descending: false };
  return found.words.length < 2 ? [byId] : [{ found, descending: true }, byId];
}
