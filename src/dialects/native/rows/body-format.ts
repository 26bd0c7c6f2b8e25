/** In which format the rows of a body come, by its media type. */
import type { FastifyRequest } from 'fastify';
import type { SetFormat } from '../../../model/schema.ts';
import type { ElementFormat } from '../../elements.ts';
import { problem } from '../problem-answer.ts';

export type BodyFormat = ElementFormat | 'csv';

export const importMedia = {
  'application/x-ndjson': 'ndjson',
  'application/json': 'json',
  'text/csv': 'csv',
} as const satisfies Record<string, BodyFormat>;

/** Of complete sets, which come in XML as well. */
export const setMedia = {
  ...importMedia,
  'application/xml': 'xml',
  'text/xml': 'xml',
} as const satisfies Record<string, SetFormat>;

/** @throws for a charset that is not read: passed over, it would change what was sent. */
function formatIn<Format extends SetFormat>(
  request: FastifyRequest,
  formats: Readonly<Record<string, Format>>,
): Format | 'ndjson' {
  const type = request.headers['content-type'] ?? '';
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type)?.[1] ?? 'utf-8';
  if (!/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw problem(
      'unsupported_media_type',
      'header.content-type',
      `Bodies are read as UTF-8, not as ${charset}: save the file as UTF-8.`,
    );
  }
  const media = type.split(';')[0]?.trim().toLowerCase() ?? '';
  return formats[media] ?? 'ndjson';
}

export const formatOf = (request: FastifyRequest): BodyFormat => formatIn<BodyFormat>(request, importMedia);

export const formatOfSet = (request: FastifyRequest): SetFormat => formatIn<SetFormat>(request, setMedia);
