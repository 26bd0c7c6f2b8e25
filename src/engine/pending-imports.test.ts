import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { key } from '../../test/steps.ts';
import type { ImportCommand, ImportRow } from '../model/commands.ts';
import type { ImportCounts } from '../model/imports.ts';

describe('an import of links before its records', () => {
  let fresh: FreshHub;
  beforeAll(async () => {
    fresh = await freshHub();
  });
  afterAll(() => fresh.close());

  const chunks = 3;
  const rows = 1000 * chunks;
  const run = async (command: ImportCommand, all: readonly ImportRow[]): Promise<ImportCounts | undefined> => {
    const started = await fresh.hub.import(fresh.admin, command, async function* (from) {
      for (let at = from; at < all.length; at += 500) yield all.slice(at, at + 500);
    });
    if (started.kind !== 'importing') throw new Error(started.kind);
    let counts: ImportCounts | undefined;
    for await (const chunk of started.chunks) counts = chunk.counts;
    return counts;
  };
  const numbered = <Row extends object>(make: (n: number) => Row) =>
    Array.from({ length: rows }, (_, index) => ({ index, line: index + 1, source: '', ...make(index) }));
  const linking: ImportCommand = {
    kind: 'links',
    link: 'claim.contacts',
    leftKey: 'external_id',
    rightKey: 'external_id',
    onMissing: 'defer',
  };
  const links = numbered((n) => ({
    kind: 'link' as const,
    action: 'link' as const,
    left: key(`I-${n % 700}`),
    right: key(`J-${n}`),
  }));

  it('goes on over chunks, although nothing had waited before, and waits again the next night', async () => {
    expect(await run(linking, links)).toMatchObject({ received: rows, held: rows });
    expect(await run(linking, links)).toMatchObject({ received: rows, unchanged: rows });
  });

  it('is joined by the imports of the records, all of it', async () => {
    const records = (prefix: string) =>
      numbered((n) => ({ kind: 'row' as const, fields: { external_id: `${prefix}-${n}` } }));
    const importing = (type: string): ImportCommand => ({ kind: 'records', type, key: 'external_id', mode: 'upsert' });
    expect(await run(importing('contact'), records('J'))).toMatchObject({ created: rows });
    expect(await run(importing('claim'), records('I'))).toMatchObject({ created: rows });
    expect(await run(linking, links)).toMatchObject({ received: rows, unchanged: rows, held: 0 });
    expect(await fresh.hub.pendingLinks(fresh.admin, { limit: 10 })).toMatchObject({ items: [] });
  });
});
