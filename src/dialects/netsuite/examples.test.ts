/** The vendor's documented calls, word for word, against the demo records that they name. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { demoServer, type Options, signed } from './test-client.ts';

type Example = {
  file: string;
  method: string;
  path: string;
  mediaType: string | undefined;
  body: string;
  status: number;
};

const folder = new URL('examples/', import.meta.url);

/** Request line, headers, an empty line, the body, and `< status` at the end. */
function readExample(file: string): Example {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const [, request = '', status] = /^(.*)< (\d+)\n$/s.exec(text) ?? [];
  const [head = '', ...body] = request.split('\n\n');
  const [method = '', path = ''] = head.split(/\s/);
  const mediaType = /^Content-Type: (.*)$/m.exec(head)?.[1];
  return { file, method, path, mediaType, body: body.join('\n\n').trim(), status: Number(status) };
}

const examples = readdirSync(folder).sort().map(readExample);

/** The ways in which clients write one path. */
const spellings = {
  'as printed': (path: string) => path,
  'with ! as %21': (path: string) => path.replaceAll('!', '%21'),
  'with : as %3A': (path: string) => path.replaceAll(':', '%3A'),
  'with a slash at the end': (path: string) => `${path}/`,
};

describe('the vendor’s attach and detach calls', async () => {
  const { send, origin } = await demoServer();
  const credentials = {
    'an API key': () => 'Bearer kw_demo_admin',
    'token-based authentication': (method: string, path: string) => signed(method, `${origin}${path}`),
  };

  for (const [spelling, spell] of Object.entries(spellings)) {
    for (const [credential, authorize] of Object.entries(credentials)) {
      for (const { file, method, path, mediaType, body, status } of examples) {
        // Real clients send an empty body with and without a media type.
        for (const type of new Set([mediaType, 'application/json'])) {
          it(`${file} ${spelling}, with ${credential}, media type ${type ?? 'absent'}`, async () => {
            const sent = spell(path);
            const options: Options = {
              authorization: authorize(method, sent),
              headers: type === undefined ? {} : { 'content-type': type },
              ...(body === '' ? {} : { body }),
            };
            const answer = await send(method, sent, options);
            expect(answer).toMatchObject({ status, body: undefined });
            expect(answer.headers.get('location')).toBeNull();
          });
        }
      }
    }
  }
});
