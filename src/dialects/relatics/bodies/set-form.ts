/** From the bytes of a body to the complete set that they say, by the interface that it is for. */
import type { OpenSet } from '../../../engine/sync/sync.ts';
import type { BodyLanguage } from '../negotiation.ts';
import type { RelaticsOptions } from '../options.ts';
import { asUtf8, decoded, recogniseEncoding } from './decode.ts';
import { jsonSet } from './parse-json.ts';
import { xmlSet } from './parse-xml.ts';
import { shapeOf } from './shape.ts';

export async function openSet(
  pieces: AsyncIterable<Buffer>,
  { language, charset }: BodyLanguage,
  options: RelaticsOptions,
): Promise<OpenSet> {
  const body = await recogniseEncoding(pieces, { language, charset });
  return ({ catalogue, interface: face, type }) => {
    const shape = shapeOf(catalogue, type, face, options);
    return language === 'json' ? jsonSet(asUtf8(body), shape) : xmlSet(decoded(body), shape);
  };
}
