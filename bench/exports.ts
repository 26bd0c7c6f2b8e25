// A million records out, as NDJSON and as CSV, against COPY TO of the same rows through Node.
import { download } from './bodies.ts';
import { ensureContacts } from './bulk.ts';
import { compare, type Figure } from './figure.ts';
import type { Stage } from './stage.ts';

const formats = { export: ['application/x-ndjson', 'ndjson'], 'export-csv': ['text/csv', 'csv'] } as const;

export async function exportRecords(stage: Stage): Promise<Figure[]> {
  await ensureContacts(stage);
  const { url } = await stage.limitProcess('limit-copy.ts', [stage.databaseUrl]);
  const figures: Figure[] = [];
  for (const [name, [accept, format]] of Object.entries(formats)) {
    const take = async (from: string, path: string): Promise<{ seconds: number; bytes: number }> => {
      const taken = await download(from, path, accept);
      if (taken.bytes < stage.size.records * 100) throw new Error(`${path} gave ${taken.bytes} bytes only.`);
      return taken;
    };
    const figure = await compare({
      name,
      unit: `s for ${stage.size.records.toLocaleString('en')} records as ${format}`,
      beside: 'COPY TO of the same rows through Node',
      target: { atMost: 1.5 },
      rounds: 2,
      ours: async () => (await take(stage.server.url, '/v1/records/contact')).seconds,
      limit: async () => (await take(url, `/${format}`)).seconds,
    });
    figures.push(figure);
  }
  return figures;
}
