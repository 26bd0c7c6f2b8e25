/** Query parameters, each checked by name and form: what is not understood is refused, for it would change the answer. */
import type { Condition } from '../../../model/commands.ts';
import type { Call } from '../call.ts';
import { invalidParameter } from '../errors.ts';
import type { NetSuiteType } from '../names.ts';
import { sublistsOf } from '../records/sublists.ts';
import { parseFilter } from './filter.ts';

/** @throws NetSuiteError for a parameter that is not in `known`, or is given twice. */
function parametersOf(call: Call, known: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(call.query)) {
    if (!known.includes(name)) throw invalidParameter(name, `Query parameter '${name}' is not supported here.`);
    if (typeof value !== 'string') throw invalidParameter(name, `Query parameter '${name}' is given more than once.`);
    found.set(name, value);
  }
  return found;
}

export const refuseParameters = (call: Call): void => void parametersOf(call, []);

function parseFlag(parameters: ReadonlyMap<string, string>, name: string): boolean {
  const text = (parameters.get(name) ?? 'false').toLowerCase();
  if (text !== 'true' && text !== 'false') throw invalidParameter(name, `Query parameter '${name}' is true or false.`);
  return text === 'true';
}

const namesIn = (list: string): string[] =>
  list
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');

export type Paging = { readonly limit: number; readonly offset: number };

const largestPage = 1000;

/** `limit` is 1 to 1,000, and 1,000 by default; `offset` a multiple of it. */
export const parsePaging = (call: Call): Paging => pagingOf(parametersOf(call, ['limit', 'offset']));

/** Of a sublist that is asked for by itself. Its lines are always whole. */
export function parseLinesPaging(call: Call): Paging {
  const parameters = parametersOf(call, ['limit', 'offset', 'expandSubResources']);
  parseFlag(parameters, 'expandSubResources');
  return pagingOf(parameters);
}

/** `filter` null: all of them. */
export type ListOptions = { readonly paging: Paging; readonly filter: Condition | null };

export function parseListOptions(call: Call, type: NetSuiteType): ListOptions {
  const parameters = parametersOf(call, ['limit', 'offset', 'q']);
  const filter = parameters.get('q')?.trim() ?? '';
  return { paging: pagingOf(parameters), filter: filter === '' ? null : parseFilter(type, filter) };
}

function pagingOf(parameters: ReadonlyMap<string, string>): Paging {
  const parse = (name: string, otherwise: number): number => {
    const text = parameters.get(name);
    return text === undefined ? otherwise : /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  };
  const limit = parse('limit', largestPage);
  const offset = parse('offset', 0);
  if (!(limit >= 1 && limit <= largestPage))
    throw invalidParameter('limit', `The limit is a number from 1 to ${largestPage}.`);
  if (!(offset % limit === 0))
    throw invalidParameter('offset', `The offset is a multiple of the limit, which is ${limit}.`);
  return { limit, offset };
}

/** The record types that `select` names; null: all. */
export function parseSelection(call: Call): string[] | null {
  const text = parametersOf(call, ['select']).get('select');
  return text === undefined ? null : namesIn(text);
}

export type ReadOptions = {
  /** Lower-cased names; null: all. */
  readonly only: ReadonlySet<string> | null;
  readonly expandSubResources: boolean;
  readonly simpleEnums: boolean;
};

export function parseReadOptions(call: Call, type: NetSuiteType): ReadOptions {
  const parameters = parametersOf(call, ['fields', 'expandSubResources', 'simpleEnumFormat']);
  const fields = parameters.get('fields');
  const expandSubResources = parseFlag(parameters, 'expandSubResources');
  if (fields !== undefined && expandSubResources) {
    throw invalidParameter('fields', 'The parameters fields and expandSubResources exclude each other.');
  }
  const only = fields === undefined ? null : new Set(namesIn(fields));
  for (const name of only ?? []) {
    if (!readableNames(type).has(name)) throw invalidParameter('fields', `The record has no field '${name}'.`);
  }
  return { only, expandSubResources, simpleEnums: parseFlag(parameters, 'simpleEnumFormat') };
}

const readableNames = (type: NetSuiteType): ReadonlySet<string> =>
  new Set([...type.fieldsByName.keys(), 'id', 'links', 'datecreated', 'lastmodifieddate', 'contactroles']);

/** What `replace` names, lower-cased: sublists whose other lines go, and fields that a null clears. */
export type Replacement = {
  readonly names: ReadonlySet<string>;
  /** A null clears only what is named. */
  readonly selectedOnly: boolean;
};

export function parseReplace(call: Call, type: NetSuiteType): Replacement {
  const parameters = parametersOf(call, ['replace', 'replaceSelectedFields']);
  const names = new Set(namesIn(parameters.get('replace') ?? ''));
  const sublists = sublistsOf(call.names, type);
  for (const name of names) {
    if (!type.fieldsByName.has(name) && !sublists.has(name)) {
      throw invalidParameter('replace', `The record has no field or sublist '${name}'.`);
    }
  }
  return { names, selectedOnly: parseFlag(parameters, 'replaceSelectedFields') };
}
