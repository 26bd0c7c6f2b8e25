/** `keyway issues`: what a run found, to be read, or as a file to be mended. */
import { print } from '../output.ts';
import { apiOf, ask, send } from './api.ts';
import { type Format, mediaOf } from './input.ts';
import { writeOut } from './output-file.ts';
import { type Issue, issueLines } from './run-issues.ts';

export type IssuesOptions = {
  readonly url?: string;
  readonly severity?: string;
  readonly code?: string;
  readonly key?: string;
  readonly open?: boolean;
  readonly limit?: string;
  readonly format?: Exclude<Format, 'json'>;
  readonly out?: string;
  readonly spreadsheet?: boolean;
};

type Page = { readonly items: readonly Issue[]; readonly next: string | null };

export async function issuesCommand([run = '']: readonly string[], options: IssuesOptions): Promise<number> {
  const { severity, code, key, open, limit = '100', out, spreadsheet } = options;
  const api = apiOf(options.url);
  const path = `runs/${encodeURIComponent(run)}/issues`;
  const filter = { severity, code, key, resolved: open ? 'false' : undefined };
  const format = options.format ?? (out === undefined && !spreadsheet ? undefined : 'csv');
  if (format !== undefined) {
    const query = { ...filter, spreadsheet: spreadsheet ? 'true' : undefined };
    await writeOut(await send(api, { method: 'GET', path, query, accept: mediaOf[format] }), 'list', out);
    return 0;
  }
  const { items, next } = await ask<Page>(api, { method: 'GET', path, query: { ...filter, limit } });
  print(items.length === 0 ? 'No issues.' : items.flatMap(issueLines).join('\n'));
  if (next !== null) print(`There are more: --limit shows them, and --out FILE saves all as CSV.`);
  return 0;
}
