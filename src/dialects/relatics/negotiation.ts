/** `Accept` rules the answer, `Content-Type` the body; each falls back as options.ts says. */
import { undeclaredBodyTypes } from './options.ts';

/** What can be answered, the default first. `text/xml` is XML by its older name. */
const offered = ['application/json', 'application/xml', 'text/xml'] as const;
export type MediaType = (typeof offered)[number];
export const defaultMediaType: MediaType = 'application/json';

export const isXml = (mediaType: MediaType): boolean => mediaType !== 'application/json';

type Range = { readonly type: string; readonly quality: number };

function parseRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const value = quality === undefined ? 1 : Number(quality.slice(2));
  return { type, quality: Number.isNaN(value) ? 0 : value };
}

/** The quality of a media type is that of the most specific range that covers it. */
function qualityOf(mediaType: MediaType, ranges: readonly Range[]): number {
  for (const type of [mediaType, `${mediaType.slice(0, mediaType.indexOf('/'))}/*`, '*/*']) {
    const range = ranges.find((candidate) => candidate.type === type);
    if (range !== undefined) return range.quality;
  }
  return 0;
}

/** The best of what can be answered, JSON when nothing is asked or all is equal; undefined when none is acceptable. */
export function acceptedMediaType(accept: string | undefined): MediaType | undefined {
  if (accept === undefined || accept.trim() === '') return defaultMediaType;
  const ranges = accept.split(',').map(parseRange);
  let best: MediaType | undefined;
  let bestQuality = 0;
  for (const mediaType of offered) {
    const quality = qualityOf(mediaType, ranges);
    if (quality > bestQuality) {
      best = mediaType;
      bestQuality = quality;
    }
  }
  return best;
}

export type BodyLanguage = { readonly language: 'json' | 'xml'; readonly charset: string | null };

/** Undefined for a content type that is neither JSON nor XML nor one that says nothing, which is read as `otherwise`. */
export function bodyLanguageOf(contentType: string | undefined, otherwise: MediaType): BodyLanguage | undefined {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length) ?? null;
  const answer = { charset: charset === null ? null : charset.replace(/^"(.*)"$/, '$1') };
  if (type === '' || undeclaredBodyTypes.has(type)) return { ...answer, language: isXml(otherwise) ? 'xml' : 'json' };
  if (type === 'application/json' || type === 'text/json') return { ...answer, language: 'json' };
  if (type === 'application/xml' || type === 'text/xml') return { ...answer, language: 'xml' };
  return undefined;
}
