// Every benchmark by its name. Those of one family share a stage, and with it the records that the first of them stores.
import { bulkInsert, bulkUpdate } from './bulk.ts';
import type { Figure, Result } from './figure.ts';
import { bulkLinks, singleLink } from './links.ts';
import { hotKey, singleGet, singleLatency, singleUpsert, twoServers } from './singles.ts';
import type { Stage } from './stage.ts';

type Benchmark = (stage: Stage) => Promise<Figure | Result | Figure[]>;
type Family = {
  /** In this order. */
  readonly benchmarks: Readonly<Record<string, Benchmark>>;
  /** Runs only when it is named. */
  readonly isOptional?: true;
};

export const families: readonly Family[] = [
  {
    benchmarks: {
      'single-upsert': singleUpsert,
      'single-latency': singleLatency,
      'single-get': singleGet,
      'single-link': singleLink,
      'hot-key': hotKey,
      'two-servers': twoServers,
    },
  },
  { benchmarks: { 'bulk-insert': bulkInsert, 'bulk-update': bulkUpdate, 'bulk-links': bulkLinks } },
];
