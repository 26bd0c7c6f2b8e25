/** `keyway export`: all records of a type, or all links of a link type, as the rows that an import takes. */
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandFailure, codeOf, exitCodes, messageOf } from '../failure.ts';
import { apiOf, send } from './api.ts';
import { type Format, mediaOf } from './input.ts';
import { Progress } from './progress.ts';

export type ExportOptions = {
  readonly url?: string;
  readonly links?: string;
  readonly format?: Exclude<Format, 'json'>;
  readonly out?: string;
  readonly limit?: string;
  readonly filter?: readonly string[];
};

export async function exportCommand([type]: readonly string[], options: ExportOptions): Promise<number> {
  const { links, format = 'ndjson', out, limit, filter = [] } = options;
  if ((type === undefined) === (links === undefined)) {
    throw new CommandFailure('Say what to export: keyway export TYPE, or keyway export --links LINK', exitCodes.usage);
  }
  const filters = filter.map((text) => filterOf(text));
  const api = apiOf(options.url);
  const answer = await send(api, {
    method: 'GET',
    path: links === undefined ? `records/${encodeURIComponent(type ?? '')}` : `links/${encodeURIComponent(links)}`,
    query: { ...Object.fromEntries(filters), limit },
    accept: mediaOf[format],
  });
  const progress = new Progress(null);
  const counting = new Transform({
    transform(piece: Buffer, _encoding, done) {
      if (out !== undefined) progress.addBytes(piece.length);
      done(null, piece);
    },
  });
  try {
    if (out === undefined) await pipeline(answer, counting, process.stdout, { end: false });
    else {
      // Under another name until it is whole: half an export must not pass for one.
      await pipeline(answer, counting, createWriteStream(`${out}.part`));
      await rename(`${out}.part`, out);
    }
    return 0;
  } catch (error) {
    if (codeOf(error) === 'EPIPE') return 0; // whoever reads has enough
    throw new CommandFailure(`The export ended early: ${messageOf(error)}`);
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
