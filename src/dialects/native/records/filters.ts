/** The query string of a list: `filter[field]=value`, `filter[field][operator]=value`, `sort=name,-updated_at`. */

import type { Field, RecordType } from '../../../model/catalogue.ts';
import { type Filter, type FilterOperator, filterOperators, type Sort } from '../../../model/commands.ts';
import { parseJson } from '../../../model/json.ts';
import { type Static, Type } from '../../json-schema.ts';
import { formatParameter } from '../imports/import-operations.ts';
import { cursorParameter, limitParameter, queryOf, spreadsheetParameter } from '../shapes/common.ts';

const filterName = new RegExp(`^filter\\[([^\\[\\]]+)\\](?:\\[(${filterOperators.join('|')})\\])?$`);

/** What the OpenAPI document shows in place of the pattern. */
export const filterParameter = {
  in: 'query',
  name: 'filter',
  style: 'deepObject',
  explode: true,
  required: false,
  description: [
    'Only records that pass every filter: `filter[status]=open`, `filter[premium][gte]=1000`. Fields of the type, or `number`,',
    '`version`, `created_at`, `updated_at`. Operators: `eq` (also when none is written), `ne`, `gt`, `gte`, `lt`, `lte`, `starts`,',
    '`ends`, `contains`, `in` (values with commas between, or the parameter once per value), `null` (`true` or `false`).',
    'A lookup compares with the id or number of the other record.',
  ].join(' '),
  schema: {
    type: 'object',
    additionalProperties: {
      anyOf: [
        { type: 'string' },
        {
          type: 'object',
          properties: Object.fromEntries(
            filterOperators.map((operator) => [
              operator,
              operator === 'in' ? { type: ['string', 'array'], items: { type: 'string' } } : { type: 'string' },
            ]),
          ),
          additionalProperties: false,
        },
      ],
    },
  },
} as const;

/** Each record of the page costs a read of its links. */
export const mostWithLinks = 100;

const listParameters = queryOf({
  sort: Type.Optional(
    Type.String({ description: 'Fields with commas between, `-` before one for descending. By number unless said.' }),
  ),
  limit: limitParameter,
  cursor: cursorParameter,
  format: formatParameter,
  ...spreadsheetParameter,
  include: Type.Optional(
    Type.Enum(['links'], {
      description: `\`links\`: the first links of each record too; at most ${mostWithLinks} records then.`,
    }),
  ),
});
type FilterParameters = { [name: `filter[${string}`]: string | string[] };
export type ListParameters = Static<typeof listParameters> & FilterParameters;
export const ListQueryShape = Type.Unsafe<ListParameters>({
  ...listParameters,
  patternProperties: {
    [filterName.source]: {
      type: ['string', 'array'],
      items: { type: 'string' },
      examples: ['filter[field]', `filter[field][${filterOperators.join('|')}]`],
    },
  },
});

export function filtersOf(query: ListParameters, type: RecordType | undefined): Filter[] {
  const filters: Filter[] = [];
  for (const [name, value] of Object.entries(query)) {
    const [, field, operator = 'eq'] = filterName.exec(name) ?? [];
    if (field === undefined) continue;
    const op = operator as FilterOperator;
    const texts = ([value] as (string | string[])[]).flat();
    const convert = (text: string): unknown => comparedValue(op, field, type?.fieldsByKey.get(field), text);
    if (op === 'in') filters.push({ field, op, value: (texts.length === 1 ? splitList(texts) : texts).map(convert) });
    else for (const text of texts) filters.push({ field, op, value: convert(text) });
  }
  return filters;
}

const splitList = (texts: readonly string[]): string[] => texts.flatMap((text) => text.split(','));

/** By the field's type, as a query string has text only. What does not convert goes on as text, for the engine to refuse. */
function comparedValue(op: FilterOperator, key: string, field: Field | undefined, text: string): unknown {
  if (op === 'starts' || op === 'ends' || op === 'contains') return text;
  if (op === 'null') return booleanOf(text);
  const type = field?.type ?? (key === 'number' || key === 'version' ? 'integer' : 'text');
  if (type === 'integer' || type === 'decimal') return numberOf(text);
  return type === 'boolean' ? booleanOf(text) : text;
}

function numberOf(text: string): unknown {
  const parsed = parseJson(text);
  return parsed.ok && typeof parsed.value === 'number' ? parsed.value : text;
}

const booleanOf = (text: string): unknown => (text === 'true' ? true : text === 'false' ? false : text);

export const sortsOf = (sort: string | undefined): Sort[] =>
  sort === undefined
    ? []
    : sort.split(',').map((field) => ({ field: field.replace(/^-/, ''), descending: field.startsWith('-') }));
