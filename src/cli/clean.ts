/** `keyway clean` */
import type { Config } from '../config.ts';
import { cleanedThings } from '../model/retention.ts';
import { print, table } from './output.ts';
import { withHub } from './with-hub.ts';

export async function cleanCommand(
  config: Config,
  _operands: readonly string[],
  { plan }: { readonly plan?: unknown },
): Promise<undefined> {
  const cleaned = await withHub(config, (hub) => hub.cleanAll({ plan: plan === true }));
  const rows = cleaned.flatMap(({ workspace, outcome }) => {
    if (!('counts' in outcome)) return [[workspace, '', 'another server is at work on it']];
    const { counts } = outcome;
    const gone = cleanedThings.filter((thing) => counts[thing] > 0);
    return gone.map((thing) => [workspace, thing, counts[thing].toLocaleString('en')]);
  });
  if (rows.length === 0) print(plan === true ? 'Nothing is too old.' : 'Nothing was too old.');
  else print(table(['WORKSPACE', 'OF', plan === true ? 'WOULD GO' : 'GONE'], rows));
}
