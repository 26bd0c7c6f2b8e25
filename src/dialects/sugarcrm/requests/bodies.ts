/** Bodies are JSON, whatever their content type says; a form is read as one where it is none. */
import type { FastifyInstance } from 'fastify';
import { parseJson } from '../../../model/json.ts';
import { acceptJson, MalformedBody } from '../../bodies.ts';
import { SugarError } from '../errors.ts';
import { nested } from './brackets.ts';

const form = 'application/x-www-form-urlencoded';
const utf8 = new TextDecoder('utf-8', { fatal: true });

export function acceptBodies(app: FastifyInstance): void {
  acceptJson(app);
  // Clients that set no type of their own send this one, with whatever they have.
  app.addContentTypeParser(form, { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parse(utf8.decode(body as Buffer)));
    } catch (error) {
      done(error instanceof MalformedBody || error instanceof SugarError ? error : new MalformedBody('not UTF-8'));
    }
  });
}

function parse(text: string): unknown {
  if (text.trim() === '') return undefined;
  const parsed = parseJson(text);
  if (parsed.ok) return parsed.value;
  if (/^\s*["[{]/.test(text) || !text.includes('=')) throw new MalformedBody(parsed.message);
  return nested(text);
}
