/** `keyway export`: all records of a type, or all links of a link type, as the rows that an import takes. */
import { CommandFailure, exitCodes } from '../failure.ts';
import { apiOf, send } from './api.ts';
import { type Format, mediaOf } from './input.ts';
import { writeOut } from './output-file.ts';
import { Progress } from './progress.ts';

export type ExportOptions = {
  readonly url?: string;
  readonly links?: string;
  readonly format?: Exclude<Format, 'json'>;
  readonly out?: string;
  readonly limit?: string;
  readonly spreadsheet?: boolean;
  readonly filter?: readonly string[];
};

export async function exportCommand([type]: readonly string[], options: ExportOptions): Promise<number> {
  const { links, spreadsheet, format = spreadsheet ? 'csv' : 'ndjson', out, limit, filter = [] } = options;
  if ((type === undefined) === (links === undefined)) {
    throw new CommandFailure('Say what to export: keyway export TYPE, or keyway export --links LINK', exitCodes.usage);
  }
  const filters = filter.map((text) => filterOf(text));
  const api = apiOf(options.url);
  const answer = await send(api, {
    method: 'GET',
    path: links === undefined ? `records/${encodeURIComponent(type ?? '')}` : `links/${encodeURIComponent(links)}`,
    query: { ...Object.fromEntries(filters), limit, spreadsheet: spreadsheet ? 'true' : undefined },
    accept: mediaOf[format],
  });
  const progress = new Progress(null);
  try {
    await writeOut(answer, 'export', out, (bytes) => progress.addBytes(bytes));
    return 0;
  } finally {
    progress.end();
  }
}

/** `status=open` or `premium[gte]=1000`, as in the query of a list. */
function filterOf(text: string): [name: string, value: string] {
  const [, field, operator = '', value] = /^(\w+)(\[\w+\])?=(.*)$/s.exec(text) ?? [];
  if (field !== undefined && value !== undefined) return [`filter[${field}]${operator}`, value];
  throw new CommandFailure(`--filter ${text}: must be FIELD=VALUE, or FIELD[OPERATOR]=VALUE`, exitCodes.usage);
}
