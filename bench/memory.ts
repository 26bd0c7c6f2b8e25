// A body of five million elements, once: the memory of the server process does not grow with it.
import { contactRow, importRows, writeBody } from './bodies.ts';
import { type Figure, memoryTargetMb, progress } from './figure.ts';
import type { Stage } from './stage.ts';

export async function bodyOfFiveMillion(stage: Stage): Promise<Figure> {
  const count = stage.size.records * 5;
  progress(`body-5m: writing a body of ${count.toLocaleString('en')} records`);
  const body = await writeBody(`${stage.folder}/many.ndjson`, count, (index) => contactRow(index, 0));
  await stage.server.forgetPeak();
  progress('body-5m: importing it');
  const seconds = await importRows(stage.server.url, '/v1/records/contact/import', body);
  const value = await stage.peakRssMb();
  return {
    name: 'body-5m',
    value,
    unit: `MB of memory at most, for a body of ${count.toLocaleString('en')} records`,
    limit: memoryTargetMb,
    beside: 'what is wanted',
    ratio: value / memoryTargetMb,
    target: { atMost: 1 },
    runs: [{ value, limit: memoryTargetMb }],
    further: { 'records a second': count / seconds },
  };
}
