// Bodies of many rows, written to files before the clock starts: sending a file costs the client next to nothing.
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { token } from './stage.ts';

const words =
  'anchor basin cable damper engine flange girder hopper impeller joint keyway ladder manifold nozzle outlet piston quay rotor spindle turbine'.split(
    ' ',
  );

/** The same text for the same number, of `length` characters or a little more. */
export function textOf(seed: number, length: number): string {
  let text = '';
  for (let state = (seed + 1) * 2_654_435_761; text.length < length; state = (state >>> 3) * 7 + seed + 11)
    text += `${words[state % words.length]} `;
  return text.trimEnd();
}

const padded = (index: number): string => String(index).padStart(8, '0');

export const contactKey = (index: number): string => `C-${padded(index)}`;

/** Fields of a contact, about 300 bytes of JSON with its key. @param revision another gives another name. */
export const contactFields = (index: number, revision: number): Record<string, string> => ({
  name: `${textOf(index, 145)} ${revision}`,
  first_name: words[index % 20] as string,
  last_name: words[(index >> 4) % 20] as string,
  email: `contact.${index}@${words[(index >> 2) % 20]}.example.test`,
  phone: `+31 20 ${padded(index)}`,
});

export const contactRow = (index: number, revision: number): string =>
  JSON.stringify({ external_id: contactKey(index), ...contactFields(index, revision) });

/** Writes the file. @returns its name. */
export async function writeBody(
  file: string,
  count: number,
  row: (index: number) => string,
  { start = '', between = '\n', end = '\n' } = {},
): Promise<string> {
  const handle = await open(file, 'w');
  let text = start;
  for (let index = 0; index < count; index++) {
    text += index === 0 ? row(index) : between + row(index);
    if (text.length < 1_000_000) continue;
    await handle.write(text);
    text = '';
  }
  await handle.write(text + end);
  await handle.close();
  return file;
}

type Answer = { readonly seconds: number; readonly text: string };

type Upload = { readonly path: string; readonly file: string; readonly type: string; readonly accept?: string };

/** Sends a file as body. Throws for any status above 299. @returns the seconds to the end of the answer. */
export async function upload(url: string, { path, file, type, accept = 'application/json' }: Upload): Promise<Answer> {
  const { size } = await stat(file);
  const started = performance.now();
  const sent = request(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': type, 'content-length': size, accept },
  });
  const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject);
    });
  });
  const [{ status, text }] = await Promise.all([
    answered,
    pipeline(createReadStream(file, { highWaterMark: 256 * 1024 }), sent).catch(async (fault) => {
      // A server that refuses the body closes the connection under it: its answer says more than our error.
      const early = await Promise.race([
        answered,
        new Promise<undefined>((late) => setTimeout(() => late(undefined), 1000)),
      ]).catch(() => undefined);
      if (early === undefined) throw fault;
    }),
  ]);
  if (status > 299) throw new Error(`POST ${path} answers ${status}: ${text.slice(0, 500)}`);
  return { seconds: (performance.now() - started) / 1000, text };
}

/** Reads an answer to its end without keeping it. @returns seconds and bytes. */
export function download(url: string, path: string, accept: string): Promise<{ seconds: number; bytes: number }> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { headers: { authorization: `Bearer ${token}`, accept } }, (response) => {
      let bytes = 0;
      let head = '';
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (head.length < 2000 && (response.statusCode ?? 0) > 299) head += part.toString();
      });
      response.on('error', reject).on('end', () => {
        if ((response.statusCode ?? 0) > 299) reject(new Error(`GET ${path} answers ${response.statusCode}: ${head}`));
        else resolve({ seconds: (performance.now() - started) / 1000, bytes });
      });
    });
    asked.on('error', reject).end();
  });
}

/** Imports rows and says why when one of them was not taken. */
export async function importRows(url: string, path: string, file: string): Promise<number> {
  const { seconds, text } = await upload(url, { path, file, type: 'application/x-ndjson' });
  const { counts, rejected } = JSON.parse(text);
  if (counts.rejected > 0) throw new Error(`${path} rejected ${counts.rejected} rows: ${JSON.stringify(rejected[0])}`);
  return seconds;
}
