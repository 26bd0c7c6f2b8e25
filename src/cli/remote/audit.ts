/** `keyway audit`: who did what to access and configuration, newest first, to be read or as a file. */
import { shorten } from '../../model/text.ts';
import { print, table } from '../output.ts';
import { apiOf, ask, send } from './api.ts';
import { type Format, mediaOf } from './input.ts';
import { writeOut } from './output-file.ts';

export type AuditOptions = {
  readonly url?: string;
  readonly action?: string;
  readonly principal?: string;
  readonly concerned?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: string;
  readonly json?: boolean;
  readonly format?: Exclude<Format, 'json'>;
  readonly out?: string;
  readonly spreadsheet?: boolean;
};

type Details = Readonly<Record<string, unknown>> | null;

type Entry = {
  readonly at: string;
  readonly action: string;
  readonly principal: { readonly name: string } | null;
  readonly via: string;
  readonly concerned: { readonly kind: string; readonly name: string };
  readonly before: Details;
  readonly after: Details;
};

export async function auditCommand(_operands: readonly string[], options: AuditOptions): Promise<number> {
  const { action, principal, concerned, since, until, limit = '20', out, spreadsheet } = options;
  const api = apiOf(options.url);
  const filter = { action, principal, concerned, since, until };
  const format = options.format ?? (out === undefined && !spreadsheet ? undefined : 'csv');
  if (format !== undefined) {
    const query = { ...filter, spreadsheet: spreadsheet ? 'true' : undefined };
    await writeOut(await send(api, { method: 'GET', path: 'audit', query, accept: mediaOf[format] }), 'audit', out);
    return 0;
  }
  const { items } = await ask<{ readonly items: readonly Entry[] }>(api, {
    method: 'GET',
    path: 'audit',
    query: { ...filter, limit },
  });
  print(options.json ? JSON.stringify(items, null, 2) : tableOf(items));
  return 0;
}

const tableOf = (entries: readonly Entry[]): string =>
  table(
    ['AT', 'BY', 'THROUGH', 'ACTION', 'OF', 'CHANGE'],
    entries.map(({ at, principal, via, action, concerned, before, after }) => [
      at.slice(0, 19).replace('T', ' '),
      principal?.name ?? '',
      via,
      action,
      shorten(concerned.kind === 'schema' ? 'schema' : `${concerned.kind} ${concerned.name}`, 60),
      changeInWords(before, after),
    ]),
  );

/** `role: member -> power`, member by member: of what is new or gone its value alone. */
function changeInWords(before: Details, after: Details): string {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names
    .map((name) => {
      const sides = [before, after].flatMap((side) => (side !== null && name in side ? [inWords(side[name])] : []));
      return `${name}: ${sides.join(' -> ')}`;
    })
    .join(', ');
}

const inWords = (value: unknown): string => shorten(typeof value === 'string' ? value : JSON.stringify(value), 60);
