/** A digest of the records that the elements of a set are of: it differs when any of them was changed, made or deleted meanwhile. */
import { createHash } from 'node:crypto';
import type { ElementSource } from '../../../model/commands.ts';
import { byKey } from '../../../model/ref.ts';
import { isStorableText } from '../../../model/text.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import type { UnknownElements } from '../receiving/unknown-elements.ts';
import type { RunContext } from './apply.ts';
import { readElements } from './load-elements.ts';

/** Of those that are not known by their hash: whichever is changed is not known by it any more, and so is among them. */
export async function digestOfRecords(
  tx: Transaction,
  context: RunContext,
  source: ElementSource,
  unknown: UnknownElements,
): Promise<string> {
  const { on, type } = context;
  const digest = createHash('sha256');
  for await (const chunk of unknown.chunks(source)) {
    const elements = chunk.map(({ element }) => element).filter(({ key }) => isStorableText(key));
    const set = await readElements(tx, context, elements);
    for (const { key } of elements) {
      const row = set.find(type, byKey(on.key, key));
      digest.update(JSON.stringify([key, row?.number ?? null, row?.version ?? null]));
    }
  }
  return digest.digest('base64');
}
